// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Expression.h"

#include <cstddef>
#include <cstdint>

/// Compiles and evaluates arbitrary text on a small input under tight budgets: it may fail, never
/// crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace tw;
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return 0;
    Arena arena;
    ArrayBuilder items(arena);
    for (int i = 0; i < 3; ++i) {
        ObjectBuilder object(arena);
        object.set("id", Value::integer(i));
        object.set("name", Value::string("item"));
        object.set("price", Value::number(i * 10.99));
        items.add(object.finish());
    }
    ObjectBuilder root(arena);
    root.set("a", items.finish());
    root.set("b", Value::null());
    Environment environment;
    environment.allowEval = true;
    environment.budget.steps = 20'000;
    environment.budget.bytes = 1u << 20;
    environment.budget.depth = 100;
    const auto result = compiled->evaluateToDocument(root.finish(), environment);
    if (result)
        (void)checkFinite(result->root());
    return 0;
}
