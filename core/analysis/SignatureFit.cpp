// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/SignatureFit.h"

#include <algorithm>
#include <cstddef>

namespace tw::analysis {
namespace {

constexpr std::size_t kMostArguments = 16;

/// Kinds that a parameter takes: a missing value passes everywhere but for a function, and a single
/// value becomes a list.
Kinds takenBy(char letter)
{
    switch (letter) {
    case 'a':
    case 'x':
        return kAnyKind;
    case 'j':
        return kAnyKind & ~kFunction;
    case 'f':
        return kFunction;
    default:
        return kindOf(letter) | kMissing;
    }
}

std::size_t closing(std::string_view text, std::size_t open, char opening, char close)
{
    int depth = 0;
    for (std::size_t at = open; at < text.size(); ++at) {
        depth += text[at] == opening ? 1 : text[at] == close ? -1 : 0;
        if (depth == 0)
            return at;
    }
    return text.size();
}

Parameter choice(std::string_view letters)
{
    Parameter made;
    made.takes = kMissing;
    for (const char letter : letters)
        made.takes |= letter == 'x' || letter == 'j' ? takenBy(letter) : kindOf(letter);
    return made;
}

/// Tries the parameters from `parameter` on; as the evaluator does, longest first.
bool fits(const std::vector<Parameter> &parameters, std::size_t last, std::size_t parameter,
          const std::vector<Kinds> &arguments, std::size_t argument, bool toTheEnd)
{
    if (parameter == last)
        return !toTheEnd || argument == arguments.size();
    const Parameter &at = parameters[parameter];
    const std::size_t wanted = at.many ? arguments.size() - argument : 1;
    std::size_t most = 0;
    while (most < wanted && argument + most < arguments.size() &&
           (arguments[argument + most] & at.takes) != 0)
        ++most;
    for (std::size_t taken = most + 1; taken-- > (at.optional ? 0U : 1U);) {
        if (fits(parameters, last, parameter + 1, arguments, argument + taken, toTheEnd))
            return true;
    }
    return false;
}

/// The first argument that no reading of the parameters takes.
std::size_t firstRefused(const std::vector<Parameter> &parameters,
                         const std::vector<Kinds> &arguments)
{
    for (std::size_t count = arguments.size(); count > 0; --count) {
        const std::vector<Kinds> some(arguments.begin(),
                                      arguments.begin() + static_cast<std::ptrdiff_t>(count));
        for (std::size_t last = 1; last <= parameters.size(); ++last) {
            if (fits(parameters, last, 0, some, 0, true))
                return count;
        }
    }
    return 0;
}

} // namespace

Kinds kindOf(char letter)
{
    constexpr std::string_view kLetters = "snblaof";
    const std::size_t at = kLetters.find(letter);
    return at == std::string_view::npos ? 0U : 1U << at;
}

std::vector<Parameter> parametersOf(std::string_view signature)
{
    std::vector<Parameter> parameters;
    constexpr std::string_view kTypes = "snblaojxf";
    bool isList = false;
    for (std::size_t at = 1; at < signature.size() && signature[at] != ':'; ++at) {
        const char letter = signature[at];
        if (letter == '(') {
            const std::size_t end = closing(signature, at, '(', ')');
            parameters.push_back(choice(signature.substr(at + 1, end - at - 1)));
            isList = false;
            at = end;
        } else if (letter == '<') {
            if (isList && !parameters.empty() && at + 1 < signature.size())
                parameters.back().items = kindOf(signature[at + 1]);
            at = closing(signature, at, '<', '>');
        } else if (letter == '-' && !parameters.empty()) {
            parameters.back().context = parameters.back().optional = true;
        } else if (letter == '?' && !parameters.empty()) {
            parameters.back().optional = true;
        } else if (letter == '+' && !parameters.empty()) {
            parameters.back().many = true;
        } else if (kTypes.find(letter) != std::string_view::npos) {
            Parameter made;
            made.takes = takenBy(letter);
            isList = letter == 'a';
            parameters.push_back(made);
        }
    }
    return parameters;
}

Kinds resultKinds(std::string_view signature)
{
    const std::size_t colon = signature.rfind(':');
    if (colon == std::string_view::npos || signature.substr(colon).size() != 3)
        return kAnyKind;
    const Kinds kind = kindOf(signature[colon + 1]);
    const bool plain = kind == kText || kind == kNumber || kind == kBoolean;
    return plain ? kind | kMissing : kAnyKind;
}

bool takesContext(std::string_view signature, const std::vector<Kinds> &arguments)
{
    std::vector<Parameter> parameters = parametersOf(signature);
    if (parameters.empty() || arguments.size() > kMostArguments ||
        arguments.size() > parameters.size())
        return false;
    bool context = false;
    for (Parameter &parameter : parameters) {
        context = context || parameter.context;
        parameter.optional = parameter.optional && !parameter.context;
    }
    return context && !fits(parameters, parameters.size(), 0, arguments, 0, true);
}

std::optional<Misfit> misfitOf(std::string_view signature, const std::vector<Kinds> &arguments)
{
    const std::vector<Parameter> parameters = parametersOf(signature);
    if (signature.empty() || arguments.size() > kMostArguments ||
        parameters.size() > kMostArguments)
        return std::nullopt;
    if (!fits(parameters, parameters.size(), 0, arguments, 0, true))
        return Misfit{firstRefused(parameters, arguments), false};
    for (std::size_t i = 0; i < parameters.size() && i < arguments.size(); ++i) {
        const Parameter &parameter = parameters[i];
        if (parameter.optional || parameter.many)
            break; // which argument goes with the next is not certain
        const Kinds sound = parameter.items | kList | kMissing;
        if (parameter.items != 0 && (arguments[i] & sound) == 0)
            return Misfit{i, true};
    }
    return std::nullopt;
}

} // namespace tw::analysis
