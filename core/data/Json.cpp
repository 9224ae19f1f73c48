// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"

#include "core/data/JsonStack.h"
#include "core/data/JsonText.h"
#include "core/data/Number.h"
#include "core/data/Utf8.h"

#include <cstring>
#include <simdjson.h>

namespace tw {
namespace {

/// simdjson's first stage (which bytes begin a token, is it UTF-8, are strings closed), kept per
/// thread because its buffers cost more than a small message.
class StructuralIndex
{
public:
    bool build(const char *text, std::size_t size)
    {
        if (!m_stage || size > m_capacity) {
            m_capacity = std::max<std::size_t>(size, 1u << 14);
            m_stage.reset();
            const auto &best = *simdjson::get_active_implementation();
            if (best.create_dom_parser_implementation(m_capacity, 1, m_stage) != simdjson::SUCCESS)
                return false;
        }
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(text);
        return m_stage->stage1(bytes, size, simdjson::stage1_mode::regular) == simdjson::SUCCESS;
    }
    std::uint32_t count() const { return m_stage->n_structural_indexes; }
    const std::uint32_t *offsets() const { return m_stage->structural_indexes.get(); }
    void release()
    {
        if (m_capacity > kKept) {
            m_stage.reset();
            m_capacity = 0;
        }
    }

private:
    static constexpr std::size_t kKept = 4u << 20;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> m_stage;
    std::size_t m_capacity = 0;
};

struct ReaderScratch
{
    StructuralIndex index;
    json::ShapedStack tree;
};

ReaderScratch &scratch()
{
    thread_local ReaderScratch perThread;
    return perThread;
}

/// Second stage of our own: walks the token offsets and builds values that point into the text.
/// Refuses by answering nothing; the careful parser then says why.
class FastReader
{
public:
    FastReader(Arena &arena, char *text, std::size_t size, std::size_t maxDepth,
               ReaderScratch &scratch)
        : m_arena(arena),
          m_text(text),
          m_size(size),
          m_maxDepth(maxDepth),
          m_tree(scratch.tree),
          m_offsets(scratch.index.offsets()),
          m_count(scratch.index.count()),
          m_escape(findEscape(0))
    {}

    bool read(Value &root);

private:
    bool readObject();
    bool readArray();
    bool readMemberName();
    bool readScalar(Value &value);
    bool readShortNumber(std::uint32_t start, Value &value) const;
    bool isExpected(const Value &key, std::uint32_t start) const;
    bool readString(std::uint32_t start, std::string_view &text);
    bool afterValue();
    bool open(bool object);
    bool close();

    char token() const { return m_next < m_count ? m_text[m_offsets[m_next]] : '\0'; }
    std::size_t tokenEnd() const // where the token before m_next ends at the latest
    {
        return m_next < m_count ? m_offsets[m_next] : m_size;
    }
    std::size_t findEscape(std::size_t from) const
    {
        const void *found = std::memchr(m_text + from, '\\', m_size - from);
        return found ? static_cast<std::size_t>(static_cast<const char *>(found) - m_text) : m_size;
    }
    static bool isBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

    Arena &m_arena;
    char *m_text;
    std::size_t m_size;
    std::size_t m_maxDepth;
    json::ShapedStack &m_tree;
    const std::uint32_t *m_offsets;
    std::uint32_t m_count;
    std::uint32_t m_next = 0;
    std::size_t m_escape; ///< The next backslash of the text.
};

bool FastReader::readString(std::uint32_t start, std::string_view &text)
{
    std::size_t end = tokenEnd();
    while (isBlank(m_text[end - 1]))
        --end;
    --end; // the closing quote
    if (end <= start || m_text[end] != '"')
        return false;
    char *first = m_text + start + 1;
    text = {first, end - start - 1};
    if (m_escape >= end)
        return true;
    if (m_escape > start) {
        const char *last = json::unescape(first, first, m_text + end);
        if (!last)
            return false;
        text = {first, static_cast<std::size_t>(last - first)};
    }
    m_escape = findEscape(end);
    return true;
}

/// A whole number of up to 18 digits, which most are; nothing to be said about any other.
bool FastReader::readShortNumber(std::uint32_t start, Value &value) const
{
    const char *at = m_text + start;
    const bool negative = *at == '-';
    at += negative ? 1 : 0;
    const char *first = at;
    std::int64_t whole = 0;
    for (; *at >= '0' && *at <= '9' && at - first < 18; ++at)
        whole = whole * 10 + (*at - '0');
    const auto digits = at - first;
    const bool ends = *at == ',' || *at == '}' || *at == ']' || isBlank(*at);
    if (!ends || digits == 0 || (*first == '0' && (digits > 1 || negative)))
        return false;
    value = Value::integer(negative ? -whole : whole);
    return true;
}

bool FastReader::readScalar(Value &value)
{
    const std::uint32_t start = m_offsets[m_next++];
    if (m_text[start] == '"') {
        std::string_view text;
        if (!readString(start, text))
            return false;
        value = Value::string(text);
        return true;
    }
    if (readShortNumber(start, value))
        return true;
    std::size_t end = tokenEnd();
    while (isBlank(m_text[end - 1]))
        --end;
    const std::string_view word(m_text + start, end - start);
    if (word == "true" || word == "false")
        value = Value::boolean(word.size() == 4);
    else if (word == "null")
        value = Value::null();
    else if (number::isJsonNumber(word))
        value = number::fromText(word);
    else
        return false;
    return true;
}

bool FastReader::open(bool object)
{
    if (m_tree.depth() >= m_maxDepth)
        return false;
    ++m_next;
    m_tree.open(object);
    return true;
}

bool FastReader::close()
{
    ++m_next;
    m_tree.close(m_arena);
    return true;
}

/// Whether the string at `start` reads `key`, seen without looking for its end.
bool FastReader::isExpected(const Value &key, std::uint32_t start) const
{
    const std::size_t end = start + 1 + key.size();
    return end < m_size && m_escape > end && m_text[end] == '"' &&
           sameKeyText(key, m_text + start + 1);
}

bool FastReader::readMemberName()
{
    if (token() != '"')
        return false;
    const std::uint32_t start = m_offsets[m_next++];
    const Value *expected = m_tree.expectedKey();
    std::string_view name;
    if (expected && isExpected(*expected, start))
        m_tree.pushExpected(*expected);
    else if (readString(start, name))
        m_tree.pushUnexpected(Value::key(name));
    else
        return false;
    if (token() != ':')
        return false;
    ++m_next;
    return true;
}

/// Takes "," and the next name, or as many closing brackets as follow.
bool FastReader::afterValue()
{
    while (m_tree.depth() > 0) {
        const char here = token();
        const bool object = m_tree.inObject();
        if (here == ',') {
            ++m_next;
            return !object || readMemberName();
        }
        if (here != (object ? '}' : ']') || !close())
            return false;
    }
    return true;
}

bool FastReader::readObject()
{
    if (!open(true))
        return false;
    if (token() == '}')
        return close() && afterValue();
    return readMemberName();
}

bool FastReader::readArray()
{
    if (!open(false))
        return false;
    return token() == ']' ? close() && afterValue() : true;
}

bool FastReader::read(Value &root)
{
    m_tree.clear();
    do {
        if (m_next >= m_count)
            return false;
        const char here = token();
        if (here == '{') {
            if (!readObject())
                return false;
        } else if (here == '[') {
            if (!readArray())
                return false;
        } else {
            if (!readScalar(m_tree.add()) || !afterValue())
                return false;
        }
    } while (m_tree.depth() > 0);
    root = m_tree.root();
    return m_next == m_count;
}

Result<Value> tooLarge(const JsonLimits &limits)
{
    return rejectedError("data.json_too_large", "The JSON text is larger than the limit of " +
                                                    std::to_string(limits.bytes) + " bytes.");
}

} // namespace

Result<Value> parseJsonInto(Arena &arena, std::string_view text, const JsonLimits &limits)
{
    constexpr std::size_t kAddressable = 0xFFFFFF00u;
    if (text.size() > limits.bytes || text.size() > kAddressable)
        return tooLarge(limits);
    if (text.starts_with(utf8::kByteOrderMark))
        text.remove_prefix(utf8::kByteOrderMark.size());
    ReaderScratch &own = scratch();
    Value root;
    bool sound = false;
    if (!text.empty() && limits.doubledKeys) {
        char *copy = arena.allocateArray<char>(text.size() + simdjson::SIMDJSON_PADDING);
        std::memcpy(copy, text.data(), text.size());
        std::memset(copy + text.size(), ' ', simdjson::SIMDJSON_PADDING);
        sound = own.index.build(copy, text.size()) &&
                FastReader(arena, copy, text.size(), limits.depth, own).read(root);
    }
    own.index.release();
    if (sound)
        return root;
    return json::parseSlowly(arena, text, limits);
}

Result<Document> parseJson(std::string_view text, const JsonLimits &limits)
{
    if (text.size() > limits.bytes)
        return tooLarge(limits).error();
    auto arena = std::make_unique<Arena>(text.size() * 2 + 512);
    auto root = parseJsonInto(*arena, text, limits);
    if (!root)
        return std::move(root).error();
    return Document(std::move(arena), *root);
}

} // namespace tw
