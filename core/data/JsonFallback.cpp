// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/JsonText.h"
#include "core/data/Number.h"
#include "core/data/Utf8.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

namespace tw::json {
namespace {

/// One pass over one text. After a failure m_error tells where and why.
class SlowParser
{
public:
    SlowParser(Arena &arena, std::string_view text, const JsonLimits &limits)
        : m_arena(arena), m_text(text), m_limits(limits)
    {}
    Result<Value> parse();

private:
    enum class Next { Value, Key, AfterValue, Done, Failed };

    Next readValue();
    Next readContainerStart(bool object);
    Next readKey();
    Next readAfterValue();
    Next closeContainer();
    Next finishValue(const Value &value);
    std::optional<std::string_view> readString();
    std::optional<std::string_view> readWord();

    Next fail(std::size_t at, std::string message);
    Next failAtEnd();
    void skipBlanks();
    bool atEnd() const { return m_at >= m_text.size(); }
    char here() const { return m_text[m_at]; }
    std::string afterWhat() const;
    std::string shown(std::size_t at) const;

    Arena &m_arena;
    std::string_view m_text;
    const JsonLimits &m_limits;
    std::size_t m_at = 0;
    bool m_mayClose = false; ///< Directly behind an opening bracket.
    TreeStack m_tree;
    std::vector<std::set<std::string_view>> m_keys; ///< Of the open objects; not kept where they may repeat.
    Value m_root;
    std::optional<Error> m_error;
};

SlowParser::Next SlowParser::fail(std::size_t at, std::string message)
{
    const utf8::LineColumn place = utf8::lineColumn(m_text, at);
    m_error = rejectedError("data.json_syntax", "Line " + std::to_string(place.line) + ", column " +
                                                    std::to_string(place.column) + ": " +
                                                    std::move(message));
    return Next::Failed;
}

SlowParser::Next SlowParser::failAtEnd()
{
    if (m_tree.depth() == 0)
        return fail(m_at, "The text ends where a JSON value is expected.");
    return fail(m_at,
                std::string("The text ends inside ") +
                    (m_tree.inObject() ? "an object: '}' is missing." : "a list: ']' is missing."));
}

void SlowParser::skipBlanks()
{
    m_at = std::min(m_text.find_first_not_of(" \t\r\n", m_at), m_text.size());
}

std::string SlowParser::afterWhat() const
{
    const Value key = m_tree.currentKey();
    if (!key.isString())
        return "the list item";
    return "the value of \"" + std::string(key.text().substr(0, 80)) + "\"";
}

std::string SlowParser::shown(std::size_t at) const
{
    const auto byte = static_cast<unsigned char>(m_text[at]);
    if (byte < 0x20 || byte == 0x7f)
        return "a control character";
    return "'" + std::string(m_text.substr(at, utf8::characterLength(m_text, at))) + "'";
}

std::optional<std::string_view> SlowParser::readString()
{
    const std::size_t start = m_at++;
    bool escaped = false;
    for (; !atEnd() && here() != '"'; ++m_at) {
        if (static_cast<unsigned char>(here()) < 0x20) {
            fail(m_at, "A string holds an unescaped control character; write it as an escape such "
                       "as \\n.");
            return std::nullopt;
        }
        if (here() == '\\') {
            escaped = true;
            ++m_at;
        }
    }
    if (atEnd()) {
        m_at = m_text.size();
        fail(start, "This string has no closing '\"'.");
        return std::nullopt;
    }
    const std::string_view raw = m_text.substr(start + 1, m_at - start - 1);
    ++m_at;
    if (!escaped)
        return m_arena.copy(raw);
    char *to = m_arena.allocateArray<char>(raw.size());
    const char *end = unescape(to, raw.data(), raw.data() + raw.size());
    if (!end) {
        fail(start,
             "This string holds an escape that JSON does not know (allowed are \\\" \\\\ \\/ "
             "\\b \\f \\n \\r \\t and \\u with four hex digits).");
        return std::nullopt;
    }
    return std::string_view(to, static_cast<std::size_t>(end - to));
}

std::optional<std::string_view> SlowParser::readWord()
{
    const std::size_t end = std::min(m_text.find_first_of(" \t\r\n,:[]{}\"", m_at), m_text.size());
    const std::string_view word = m_text.substr(m_at, end - m_at);
    if (word.empty())
        return std::nullopt;
    return word;
}

SlowParser::Next SlowParser::finishValue(const Value &value)
{
    if (m_tree.depth() == 0) {
        m_root = value;
        return Next::Done;
    }
    m_tree.push(value);
    return Next::AfterValue;
}

SlowParser::Next SlowParser::readContainerStart(bool object)
{
    if (m_tree.depth() >= m_limits.depth) {
        m_error = tooDeep(m_limits);
        return Next::Failed;
    }
    ++m_at;
    m_tree.open(object);
    m_keys.emplace_back();
    m_mayClose = true;
    return object ? Next::Key : Next::Value;
}

SlowParser::Next SlowParser::closeContainer()
{
    ++m_at;
    const Value made = m_tree.close(m_arena);
    m_keys.pop_back();
    m_mayClose = false;
    return finishValue(made);
}

SlowParser::Next SlowParser::readValue()
{
    if (m_mayClose && here() == ']')
        return closeContainer();
    m_mayClose = false;
    if (here() == '{' || here() == '[')
        return readContainerStart(here() == '{');
    if (here() == '"') {
        const auto text = readString();
        return text ? finishValue(Value::string(*text)) : Next::Failed;
    }
    const auto word = readWord();
    if (!word)
        return fail(m_at, "Expected a value here, found " + shown(m_at) + ".");
    m_at += word->size();
    if (*word == "true" || *word == "false")
        return finishValue(Value::boolean(*word == "true"));
    if (*word == "null")
        return finishValue(Value::null());
    if (number::isJsonNumber(*word))
        return finishValue(number::fromText(m_arena.copy(*word)));
    return fail(
        m_at - word->size(),
        "'" + std::string(word->substr(0, 80)) +
            "' is no JSON value. Texts need double quotes; numbers are written like -12.5.");
}

SlowParser::Next SlowParser::readKey()
{
    if (m_mayClose && here() == '}')
        return closeContainer();
    m_mayClose = false;
    if (here() != '"')
        return fail(m_at, "Expected a member name in double quotes, found " + shown(m_at) + ".");
    const std::size_t start = m_at;
    const auto name = readString();
    if (!name)
        return Next::Failed;
    if (!m_limits.doubledKeys && !m_keys.back().insert(*name).second)
        return fail(start, "The name \"" + std::string(name->substr(0, 80))
                               + "\" stands here a second time. Keep one of them.");
    m_tree.push(Value::key(*name));
    skipBlanks();
    if (atEnd() || here() != ':')
        return fail(m_at,
                    "Expected ':' after the name \"" + std::string(name->substr(0, 80)) + "\".");
    ++m_at;
    return Next::Value;
}

SlowParser::Next SlowParser::readAfterValue()
{
    const bool object = m_tree.inObject();
    if (here() == (object ? '}' : ']'))
        return closeContainer();
    if (here() != ',')
        return fail(m_at, std::string("Expected ',' or '") + (object ? '}' : ']') + "' after " +
                              afterWhat() + ".");
    ++m_at;
    return object ? Next::Key : Next::Value;
}

Result<Value> SlowParser::parse()
{
    const std::size_t invalid = utf8::firstInvalid(m_text);
    if (invalid != std::string_view::npos)
        fail(invalid, "The text is not UTF-8 from here on. Save or send it as UTF-8.");
    Next next = m_error ? Next::Failed : Next::Value;
    while (next != Next::Done && next != Next::Failed) {
        skipBlanks();
        if (atEnd())
            next = failAtEnd();
        else if (next == Next::Value)
            next = readValue();
        else
            next = next == Next::Key ? readKey() : readAfterValue();
    }
    skipBlanks();
    if (next == Next::Done && !atEnd())
        fail(m_at, "The JSON value is complete, but more text follows.");
    if (m_error)
        return std::move(*m_error);
    return m_root;
}

} // namespace

Result<Value> parseSlowly(Arena &arena, std::string_view text, const JsonLimits &limits)
{
    return SlowParser(arena, text, limits).parse();
}

} // namespace tw::json
