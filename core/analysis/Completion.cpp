// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Completion.h"

#include "core/analysis/CursorPlace.h"
#include "core/analysis/FormatPrinter.h"
#include "core/expr/FunctionTable.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace tw::analysis {
namespace {

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool sameLetters(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lowered(x) == lowered(y); });
}

/// How well a name answers what was typed: 0 begins so, 1 but for capitals, 2 holds it, 3 holds its
/// letters in this order; nothing when it does not.
std::optional<int> matchOf(std::string_view name, std::string_view typed)
{
    if (name.starts_with(typed))
        return 0;
    if (sameLetters(name.substr(0, typed.size()), typed))
        return 1;
    for (std::size_t i = 1; i + typed.size() <= name.size(); ++i) {
        if (sameLetters(name.substr(i, typed.size()), typed))
            return 2;
    }
    std::size_t next = 0;
    for (const char c : name)
        next += next < typed.size() && lowered(c) == lowered(typed[next]) ? 1 : 0;
    return next == typed.size() ? std::optional(3) : std::nullopt;
}

/// 0 the same thing, 1 travels alike, 2 may become it, 3 is something else.
int fitOf(const Shape &shape, const std::optional<Shape> &wanted)
{
    using Type = Shape::Type;
    if (!wanted || wanted->type == Type::Any || shape.type == Type::Any)
        return 2;
    if (shape.type == wanted->type)
        return shape.unit == wanted->unit ? 0 : 2;
    if (shape.type == Type::Group || shape.type == Type::List)
        return 2;
    const bool alike =
        (shape.isText() && wanted->isText()) || (shape.isNumber() && wanted->isNumber());
    return alike ? 1 : 3;
}

struct OwnResult
{
    std::string_view function;
    Shape::Type type;
    std::string_view unit;
};
constexpr std::array kOwnResults = {
    OwnResult{"sfDate", Shape::Type::Date, ""},
    OwnResult{"sfDateTime", Shape::Type::Instant, "iso8601"},
    OwnResult{"toMajor", Shape::Type::Money, "major"},
    OwnResult{"toMinor", Shape::Type::Money, "minor"},
};

Shape resultOf(const FunctionInfo &info)
{
    Shape shape;
    for (const OwnResult &own : kOwnResults) {
        if (own.function == info.name) {
            shape.type = own.type;
            shape.unit = own.unit;
            return shape;
        }
    }
    const std::size_t colon = info.signature.rfind(':');
    const char letter = colon == std::string_view::npos ? 'x' : info.signature[colon + 1];
    shape.type = letter == 's'   ? Shape::Type::Text
                 : letter == 'n' ? Shape::Type::Number
                 : letter == 'b' ? Shape::Type::Boolean
                 : letter == 'a' ? Shape::Type::List
                 : letter == 'o' ? Shape::Type::Group
                                 : Shape::Type::Any;
    return shape;
}

std::string detailOf(const Shape &shape)
{
    if (shape.type == Shape::Type::Any)
        return {};
    std::string detail = typeWord(shape);
    if (shape.unit == "minor" || shape.unit == "major")
        detail += ", " + shape.unit + " units";
    else if (shape.unit == "unix_seconds")
        detail += ", Unix seconds";
    else if (shape.unit == "unix_millis")
        detail += ", Unix milliseconds";
    else if (shape.unit == "naive")
        detail += " without zone";
    return detail;
}

class Collector
{
public:
    Collector(std::string_view text, const TypedWord &word, const Surroundings &surroundings)
        : m_text(text), m_word(word), m_surroundings(surroundings)
    {}

    Completions run();

private:
    struct Ranked
    {
        Completion item;
        int match = 0;
        int fit = 0;
        int order = 0; ///< Of its kind.
    };

    void addFields(const CursorPlace &place);
    void addKeys(const CursorPlace &place);
    void addValues();
    void addVariables(const CursorPlace &place);
    void addFunctions();
    void addKeywords(std::initializer_list<std::string_view> words, bool withValues);
    void add(Completion item, std::string_view name, int fit);

    std::string_view m_text;
    const TypedWord &m_word;
    const Surroundings &m_surroundings;
    std::optional<Shape> m_wanted;
    std::vector<Ranked> m_found;
};

Completions Collector::run()
{
    using Kind = TypedWord::Kind;
    if (m_word.kind == Kind::Operator && !m_word.isVariable) {
        addKeywords({"and", "or", "in"}, false);
    } else if (m_word.kind != Kind::Nothing && m_word.kind != Kind::Operator) {
        const CursorPlace place(m_text, m_word, m_surroundings);
        m_wanted = place.expected();
        addKeys(place);
        if (!m_word.isVariable && m_word.kind != Kind::Step)
            addValues();
        if (!m_word.isVariable && m_word.kind != Kind::Text)
            addFields(place);
        if (m_word.kind == Kind::Operand || m_word.isVariable) {
            addVariables(place);
            addFunctions();
        }
        if (m_word.kind == Kind::Operand && !m_word.isVariable)
            addKeywords({"function", "null"}, true);
    }
    std::stable_sort(m_found.begin(), m_found.end(), [](const Ranked &a, const Ranked &b) {
        return std::tie(a.match, a.fit, a.order) < std::tie(b.match, b.fit, b.order);
    });
    Completions all;
    all.start = m_word.start;
    all.end = m_word.end;
    for (Ranked &ranked : m_found)
        all.items.push_back(std::move(ranked.item));
    return all;
}

void Collector::add(Completion item, std::string_view name, int fit)
{
    static constexpr std::array kOrder = {1, 3, 2, 0,
                                          4}; // values, fields, variables, functions, words
    const auto match = matchOf(name, m_word.prefix);
    if (!match)
        return;
    const int order = kOrder[static_cast<std::size_t>(item.kind)];
    m_found.push_back({std::move(item), *match, fit, order});
}

void Collector::addFields(const CursorPlace &place)
{
    const std::optional<Shape> context = place.context();
    if (!context || place.keysOf())
        return;
    for (const Shape::Field &field : context->fields)
        add({Completion::Kind::Field, field.name, quotedName(field.name), detailOf(field.shape),
             field.shape.help.empty() ? field.shape.title : field.shape.help},
            field.name, fitOf(field.shape, m_wanted));
}

/// The fields of the record that an object constructor fills.
void Collector::addKeys(const CursorPlace &place)
{
    const std::optional<Shape> record = place.keysOf();
    if (!record || m_word.isVariable)
        return;
    for (const Shape::Field &field : record->fields) {
        if (field.writable)
            add({Completion::Kind::Value, field.name, quotedText(field.name), detailOf(field.shape),
                 field.shape.help.empty() ? field.shape.title : field.shape.help},
                field.name, field.required ? 0 : 1);
    }
}

void Collector::addValues()
{
    if (!m_wanted)
        return;
    for (const std::string &choice : m_wanted->choices)
        add({Completion::Kind::Value,
             quotedText(choice),
             quotedText(choice),
             typeWord(*m_wanted),
             {}},
            choice, 0);
    if (m_wanted->type == Shape::Type::Boolean && m_word.kind == TypedWord::Kind::Operand) {
        for (const char *word : {"true", "false"})
            add({Completion::Kind::Value, word, word, typeWord(*m_wanted), {}}, word, 1);
    }
}

void Collector::addVariables(const CursorPlace &place)
{
    const auto variable = [this](const std::string &name, const Shape &shape, std::string help) {
        add({Completion::Kind::Variable, "$" + name, "$" + name, detailOf(shape), std::move(help)},
            name, fitOf(shape, m_wanted));
    };
    for (const CursorPlace::Variable &known : place.variables())
        variable(known.name, known.shape, {});
    for (const auto &[name, shape] : m_surroundings.bindings)
        variable(name, shape, shape.help);
    if (!m_word.isVariable)
        return;
    add({Completion::Kind::Variable, "$", "$", {}, "The value that this part works on."}, "", 2);
    add({Completion::Kind::Variable, "$$", "$$", {}, "The whole input."}, "$", 2);
}

void Collector::addFunctions()
{
    const bool called = m_text.substr(static_cast<std::size_t>(m_word.end)).starts_with('(');
    for (const FunctionInfo &info : functionTable()) {
        if (info.extension && m_surroundings.portable)
            continue;
        const std::string label = "$" + std::string(info.name);
        Completion item{Completion::Kind::Function, label, label,
                        "(" + std::string(info.arguments) + ")", std::string(info.help)};
        if (!called)
            item.insert += info.arguments.empty() ? "()" : "(";
        if (info.extension)
            item.help += " Tidewire's own: other JSONata engines do not know it.";
        add(std::move(item), info.name, fitOf(resultOf(info), m_wanted));
    }
}

void Collector::addKeywords(std::initializer_list<std::string_view> words, bool withValues)
{
    for (const std::string_view word : words) {
        const std::string label(word);
        add({Completion::Kind::Keyword, label, word == "function" ? "function(" : label, {}, {}},
            word, 2);
    }
    const bool offered = m_wanted && m_wanted->type == Shape::Type::Boolean;
    for (const char *word : {"true", "false"}) {
        if (withValues && !offered)
            add({Completion::Kind::Keyword, word, word, {}, {}}, word, 2);
    }
}

} // namespace

Completions completionsAt(std::string_view text, int cursor, const Surroundings &surroundings)
{
    const int inside = std::clamp(cursor, 0, static_cast<int>(text.size()));
    const TypedWord word = typedWordAt(text, inside);
    return Collector(text, word, surroundings).run();
}

} // namespace tw::analysis
