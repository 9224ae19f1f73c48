// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Completion.h"
#include "core/analysis/Lexemes.h"
#include "core/expr/FunctionTable.h"

#include <algorithm>

namespace tw::analysis {
namespace {

struct Pieces
{
    std::string_view text;
    std::vector<Lexeme> all; ///< Without comments.

    std::string_view at(std::size_t index) const
    {
        return index < all.size() ? all[index].in(text) : std::string_view();
    }
    bool isVariable(std::size_t index) const
    {
        return index < all.size() && all[index].kind == Lexeme::Kind::Variable;
    }
    bool isLambda(std::size_t index) const
    {
        return at(index) == "function" || at(index) == "\u03bb";
    }
};

/// A bracket that is open before the cursor.
struct Frame
{
    std::size_t callee = 0; ///< Of a call: index of the name before the bracket.
    bool isCall = false;
    int active = 0;
};

const FunctionInfo *builtin(std::string_view name)
{
    for (const FunctionInfo &info : functionTable()) {
        if (info.name == name)
            return &info;
    }
    return nullptr;
}

std::vector<std::string> splitArguments(std::string_view list)
{
    std::vector<std::string> names;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(", "), list.size());
        names.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 2, list.size()));
    }
    return names;
}

std::vector<std::string> parametersFrom(const Pieces &pieces, std::size_t opener)
{
    std::vector<std::string> names;
    for (std::size_t i = opener + 1; i < pieces.all.size() && pieces.at(i) != ")"; ++i) {
        if (pieces.isVariable(i))
            names.emplace_back(pieces.at(i));
    }
    return names;
}

/// `$name := $other(?, 2, ?)` takes what its question marks stand for.
std::vector<std::string> openArguments(const Pieces &pieces, std::size_t callee)
{
    const FunctionInfo *info = builtin(pieces.at(callee).substr(1));
    const auto names = info ? splitArguments(info->arguments) : std::vector<std::string>();
    std::vector<std::string> open;
    int depth = 0;
    std::size_t argument = 0;
    for (std::size_t i = callee + 1; i < pieces.all.size(); ++i) {
        const std::string_view piece = pieces.at(i);
        depth += piece == "(" || piece == "[" || piece == "{" ? 1 : 0;
        depth -= piece == ")" || piece == "]" || piece == "}" ? 1 : 0;
        if (depth <= 0)
            break;
        argument += depth == 1 && piece == "," ? 1 : 0;
        if (depth == 1 && piece == "?")
            open.push_back(argument < names.size() ? names[argument] : "?");
    }
    return open;
}

/// What the author bound to a name: the last binding before the call, else the first behind.
bool readOwn(const Pieces &pieces, std::size_t callee, CallTip &tip)
{
    std::optional<std::size_t> bound;
    for (std::size_t i = 0; i + 3 < pieces.all.size(); ++i) {
        if (!pieces.isVariable(i) || pieces.at(i) != pieces.at(callee) || pieces.at(i + 1) != ":=")
            continue;
        if (i < callee || !bound)
            bound = i;
    }
    if (!bound || pieces.at(*bound + 3) != "(")
        return false;
    const std::size_t value = *bound + 2;
    if (pieces.isLambda(value))
        tip.arguments = parametersFrom(pieces, value + 1);
    else if (pieces.isVariable(value))
        tip.arguments = openArguments(pieces, value);
    else
        return false;
    return pieces.isLambda(value) || !tip.arguments.empty();
}

std::optional<CallTip> tipOf(const Pieces &pieces, const Frame &frame)
{
    CallTip tip;
    tip.function = pieces.at(frame.callee);
    tip.start = pieces.all[frame.callee].start;
    tip.active = frame.active;
    if (frame.callee > 0 && pieces.at(frame.callee - 1) == "~>")
        ++tip.active; // the left side of ~> is the first argument
    if (readOwn(pieces, frame.callee, tip))
        return tip;
    const FunctionInfo *info = builtin(std::string_view(tip.function).substr(1));
    if (!info)
        return std::nullopt;
    tip.arguments = splitArguments(info->arguments);
    tip.help = info->help;
    if (!tip.arguments.empty() && tip.arguments.back() == "\u2026")
        tip.active = std::min(tip.active, static_cast<int>(tip.arguments.size()) - 1);
    return tip;
}

} // namespace

std::optional<CallTip> callTipAt(std::string_view text, int cursor)
{
    Pieces pieces{text, lexemesOf(text)};
    std::erase_if(pieces.all,
                  [](const Lexeme &piece) { return piece.kind == Lexeme::Kind::Comment; });
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < pieces.all.size() && pieces.all[i].end <= cursor; ++i) {
        if (pieces.all[i].kind != Lexeme::Kind::Operator)
            continue;
        const std::string_view piece = pieces.at(i);
        if (piece == "(" || piece == "[" || piece == "{") {
            const bool called = piece == "(" && i > 0 && pieces.isVariable(i - 1);
            frames.push_back({i > 0 ? i - 1 : 0, called, 0});
        } else if (piece == ")" || piece == "]" || piece == "}") {
            if (!frames.empty())
                frames.pop_back();
        } else if (piece == "," && !frames.empty()) {
            ++frames.back().active;
        }
    }
    for (std::size_t i = frames.size(); i-- > 0;) {
        const auto tip = frames[i].isCall ? tipOf(pieces, frames[i]) : std::nullopt;
        if (tip)
            return tip;
    }
    return std::nullopt;
}

} // namespace tw::analysis
