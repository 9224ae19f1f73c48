// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/SignatureFit.h"

#include <cstddef>
#include <string>

namespace tw::analysis {
namespace {

struct Parameter
{
    std::string types; ///< Letters; x takes all.
    bool context = false;
    bool optional = false;
    bool many = false;
};

/// Reads past a nested `<…>`, as in `a<s>` or `f<n:n>`.
std::size_t pastNested(std::string_view text, std::size_t at)
{
    int depth = 0;
    do {
        depth += text[at] == '<' ? 1 : text[at] == '>' ? -1 : 0;
        ++at;
    } while (at < text.size() && depth > 0);
    return at;
}

std::vector<Parameter> parametersOf(std::string_view signature)
{
    std::vector<Parameter> parameters;
    std::size_t at = signature.starts_with('<') ? 1 : 0;
    while (at < signature.size() && signature[at] != ':' && signature[at] != '>') {
        const char letter = signature[at];
        if (letter == '<') {
            at = pastNested(signature, at);
            continue;
        }
        ++at;
        if (letter == '-' && !parameters.empty()) {
            parameters.back().context = true;
        } else if (letter == '?' && !parameters.empty()) {
            parameters.back().optional = true;
        } else if (letter == '+' && !parameters.empty()) {
            parameters.back().many = true;
        } else if (letter == '(') {
            Parameter choice;
            for (; at < signature.size() && signature[at] != ')'; ++at)
                choice.types += signature[at];
            ++at;
            parameters.push_back(std::move(choice));
        } else {
            parameters.push_back({std::string(1, letter), false, false, false});
        }
    }
    return parameters;
}

bool accepts(const Parameter &parameter, char letter)
{
    const std::string &types = parameter.types;
    const auto has = [&types](char type) { return types.find(type) != std::string::npos; };
    if (letter == 0 || has('x') || has(letter))
        return true;
    // An array parameter wraps single values; j is any JSON value, u any scalar.
    return has('a') || (has('j') && letter != 'f') ||
           (has('u') && letter != 'f' && letter != 'o' && letter != 'a');
}

/// Whether the written arguments alone satisfy the parameters from here on.
bool fits(const std::vector<Parameter> &parameters, std::size_t parameter,
          const std::vector<char> &letters, std::size_t argument)
{
    if (parameter == parameters.size())
        return argument == letters.size();
    const Parameter &at = parameters[parameter];
    if (argument < letters.size() && accepts(at, letters[argument])) {
        if (fits(parameters, parameter + 1, letters, argument + 1))
            return true;
        if (at.many && fits(parameters, parameter, letters, argument + 1))
            return true;
    }
    return at.optional && fits(parameters, parameter + 1, letters, argument);
}

} // namespace

bool takesContext(std::string_view signature, const std::vector<char> &letters)
{
    constexpr std::size_t kMostArguments = 16;
    const std::vector<Parameter> parameters = parametersOf(signature);
    if (parameters.empty() || letters.size() > kMostArguments || letters.size() > parameters.size())
        return false;
    bool context = false;
    for (const Parameter &parameter : parameters)
        context = context || parameter.context;
    return context && !fits(parameters, 0, letters, 0);
}

} // namespace tw::analysis
