// SPDX-License-Identifier: GPL-3.0-or-later
/// Writes resources/stripe/catalogue.json and the list of its calls, calls.json, from one of Stripe's
/// OpenAPI files; run by hand when the facts change: tw_generate_stripe_catalogue SPEC CATALOGUE CALLS.
/// Names, types, choices and units only.
#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/data/Json.h"

#include <fstream>
#include <iostream>
#include <sstream>

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::cerr << "usage: tw_generate_stripe_catalogue SPEC CATALOGUE CALLS\n";
        return 2;
    }
    std::ifstream in(argv[1], std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    const auto spec = tw::parseJson(bytes.str());
    const auto catalogue = spec ? tw::stripe::ApiCatalogue::fromOpenApi(spec->root())
                                : tw::Result<tw::stripe::ApiCatalogue>(spec.error());
    if (!catalogue) {
        std::cerr << catalogue.error().text() << '\n';
        return 1;
    }
    std::ofstream out(argv[2], std::ios::binary);
    out << catalogue->text() << '\n';
    std::ofstream calls(argv[3], std::ios::binary);
    calls << catalogue->withoutFields().text() << '\n';
    return out.good() && calls.good() ? 0 : 1;
}
