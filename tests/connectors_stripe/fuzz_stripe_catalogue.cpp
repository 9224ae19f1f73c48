// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/connectors/stripe/facts/CatalogueChanges.h"
#include "core/data/Json.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace tw;
using namespace tw::stripe;

/// What was read can be asked everything, and its text says the same again.
void holds(const ApiCatalogue &catalogue)
{
    const std::string text = catalogue.text();
    const auto again = ApiCatalogue::fromText(text);
    if (!again || again->text() != text)
        std::abort();
    for (const std::string &object : catalogue.objects()) {
        (void)catalogue.objectShape(object);
        for (const std::string &path : catalogue.expandable(object, 4)) {
            (void)catalogue.expandsTo(object, path);
            if (path.find('.') == std::string::npos && !path.empty() &&
                !catalogue.mayExpand(object, path, false))
                std::abort();
        }
    }
    for (const ApiOperation &operation : catalogue.operations()) {
        (void)catalogue.find(operation.method, operation.path);
        if (!catalogue.find(operation.object, operation.verb, operation.action))
            std::abort();
        (void)catalogue.paramShape(operation);
    }
}

} // namespace

/// One JSON text: Stripe's file, our own form of it, and the parameters of a call at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto parsed = parseJson(text, {1u << 20, 128});
    if (!parsed)
        return 0;
    if (const auto read = ApiCatalogue::fromOpenApi(parsed->root())) {
        holds(*read);
        if (!CatalogueChanges::between(*read, *read).isEmpty())
            std::abort();
        for (const ApiOperation &operation : read->operations())
            (void)checkParams(operation, parsed->root());
    }
    if (const auto read = ApiCatalogue::fromText(text)) {
        holds(*read);
        // Nothing differs from itself, and all of it is new or gone beside nothing of it.
        if (!CatalogueChanges::between(*read, *read).isEmpty())
            std::abort();
        (void)CatalogueChanges::between(ApiCatalogue::builtIn(), *read);
    }
    (void)catalogueFromSpec(text);
    return 0;
}
