// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/FunctionTable.h"

#include "core/expr/Functions.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tw {
namespace expr {
namespace {

std::vector<Builtin> madeBuiltins()
{
    const std::span<const BuiltinEntry> entries = builtinEntries();
    std::vector<Builtin> made(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        made[i].type = Callable::Type::Builtin;
        made[i].arity = entries[i].arity;
        made[i].entry = &entries[i];
        Signature::Problem problem;
        made[i].signature.parse(entries[i].info.signature, problem);
    }
    return made;
}

} // namespace

const Builtin *findBuiltin(std::string_view name)
{
    static const std::vector<Builtin> kBuiltins = madeBuiltins();
    const std::span<const BuiltinEntry> entries = builtinEntries();
    const auto at = std::lower_bound(entries.begin(), entries.end(), name,
                                     [](const BuiltinEntry &entry, std::string_view sought) {
                                         return entry.info.name < sought;
                                     });
    if (at == entries.end() || at->info.name != name)
        return nullptr;
    return &kBuiltins[static_cast<std::size_t>(at - entries.begin())];
}

Value builtinValue(std::string_view name)
{
    const Builtin *builtin = findBuiltin(name);
    return builtin ? Value::function(static_cast<const Callable *>(builtin)) : Value();
}

} // namespace expr

std::span<const FunctionInfo> functionTable()
{
    static const std::vector<FunctionInfo> kTable = [] {
        std::vector<FunctionInfo> table;
        for (const expr::BuiltinEntry &entry : expr::builtinEntries())
            table.push_back(entry.info);
        return table;
    }();
    return kTable;
}

} // namespace tw
