// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Json.h"
#include "core/data/Yaml.h"

#include <string>
#include <string_view>
#include <vector>

/// What the tests of YAML edits share.
namespace tw {

using Outcome = Result<std::vector<TextChange>>;

inline std::string applied(std::string text, const Outcome &outcome)
{
    if (!outcome)
        return outcome.error().code;
    for (const TextChange &change : *outcome) {
        if (text.substr(change.offset, change.removed.size()) != change.removed)
            return "the change does not describe the text";
        change.applyTo(text);
    }
    return text;
}

inline std::string tree(std::string_view text)
{
    const YamlParse parse = parseYaml(text);
    if (!parse.problems.empty())
        return "unsound: " + parse.problems.front().message;
    Arena arena;
    return toJson(parse.root.toValue(arena));
}

} // namespace tw
