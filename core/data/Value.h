// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Arena.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace tw {

struct Member;
struct ObjectRep;

/// One value of a message: 16 bytes, trivially copied, pointing into an Arena that must outlive it.
///
/// Values are immutable once built (ArrayBuilder, ObjectBuilder). Objects keep the order of
/// insertion. `Undefined` (no value) is not `Null`. Numbers: Int and UInt are exact, Double is what
/// a JSON decimal of up to 17 digits means, Digits keeps the text of a number that neither can
/// hold, so that copying never changes it. Function is for the expression engine alone.
class Value
{
public:
    enum class Kind : std::uint8_t {
        Undefined,
        Null,
        Bool,
        Int,
        UInt,
        Double,
        Digits,
        String,
        Array,
        Object,
        Function
    };

    /// Marks of the expression engine on arrays (JSONata sequences); no meaning elsewhere.
    enum Flag : std::uint8_t { Sequence = 1, KeepSingleton = 2, Constructed = 4, TupleStream = 8 };

    constexpr Value() : m_int(0) {}
    static constexpr Value null() { return Value(Kind::Null); }
    static constexpr Value boolean(bool value)
    {
        Value v(Kind::Bool);
        v.m_int = value ? 1 : 0;
        return v;
    }
    static constexpr Value integer(std::int64_t value)
    {
        Value v(Kind::Int);
        v.m_int = value;
        return v;
    }
    static Value unsignedInteger(std::uint64_t value); ///< Int where it fits, else UInt.
    static constexpr Value number(double value)
    {
        Value v(Kind::Double);
        v.m_double = value;
        return v;
    }
    /// `text` is a JSON number already living in the arena (or static).
    static Value digits(std::string_view text) { return Value(Kind::Digits, text); }
    /// `text` must already live in the arena (or be static); nothing is copied.
    static Value string(std::string_view text) { return Value(Kind::String, text); }
    static Value string(Arena &arena, std::string_view text) { return string(arena.copy(text)); }
    /// A string that carries the key hash; only these may be object keys. Nothing is copied.
    static Value key(std::string_view text);
    static Value array(const Value *items, std::uint32_t count, std::uint8_t flags = 0)
    {
        Value v(Kind::Array);
        v.m_items = items;
        v.m_size = count;
        v.m_flags = flags;
        return v;
    }
    static Value function(const void *callable)
    {
        Value v(Kind::Function);
        v.m_callable = callable;
        return v;
    }

    Kind kind() const { return m_kind; }
    bool isUndefined() const { return m_kind == Kind::Undefined; }
    bool isNull() const { return m_kind == Kind::Null; }
    bool isBool() const { return m_kind == Kind::Bool; }
    bool isNumber() const { return m_kind >= Kind::Int && m_kind <= Kind::Digits; }
    bool isString() const { return m_kind == Kind::String; }
    bool isArray() const { return m_kind == Kind::Array; }
    bool isObject() const { return m_kind == Kind::Object; }
    bool isFunction() const { return m_kind == Kind::Function; }
    std::uint8_t flags() const { return m_flags; }
    bool has(Flag flag) const { return (m_flags & flag) != 0; }
    Value withFlags(std::uint8_t flags) const
    {
        Value v = *this;
        v.m_flags = flags;
        return v;
    }

    bool asBool() const { return m_int != 0; }
    std::int64_t rawInt() const { return m_int; }                               ///< Kind Int only.
    std::uint64_t rawUInt() const { return static_cast<std::uint64_t>(m_int); } ///< Kind UInt only.
    double rawDouble() const { return m_double; } ///< Kind Double only.
    double toDouble() const;                      ///< Any number kind.
    std::optional<std::int64_t> toInt() const;    ///< Whole numbers within 64 bits, any kind.
    /// Kinds String and Digits; empty for all others, because foreign JSON has anything anywhere.
    std::string_view text() const
    {
        return m_kind == Kind::String || m_kind == Kind::Digits ? std::string_view(m_text, m_size)
                                                                : std::string_view();
    }
    const void *callable() const { return m_callable; }

    std::uint32_t size() const { return m_size; } ///< Items, members, or bytes of a string.
    std::span<const Value> items() const { return {m_items, m_kind == Kind::Array ? m_size : 0}; }
    const Value &at(std::uint32_t index) const { return m_items[index]; }
    std::span<const Member> members() const;
    /// The member's value, or undefined. Any kind may be asked.
    Value get(std::string_view name) const;
    Value get(const Value &hashedKey) const; ///< `hashedKey` from Value::key(): the fast way.
    /// get() along dots, `a.b.0.c`; undefined where the path ends early.
    Value find(std::string_view dottedPath) const;

    std::uint16_t keyHash() const { return m_hash; } ///< Of what key() made.

    friend bool sameKey(const Value &a, const Value &b)
    {
        return a.head() == b.head() &&
               (a.m_text == b.m_text || sameBytes(a.m_text, b.m_text, a.m_size));
    }
    /// Whether key().size() bytes at `text` are the key.
    friend bool sameKeyText(const Value &key, const char *text)
    {
        return sameBytes(key.m_text, text, key.m_size);
    }

private:
    friend class ObjectBuilder;
    explicit constexpr Value(Kind kind) : m_kind(kind), m_int(0) {}
    Value(Kind kind, std::string_view text)
        : m_kind(kind), m_size(static_cast<std::uint32_t>(text.size())), m_text(text.data())
    {}
    std::uint32_t home(std::uint32_t mask) const // first slot of a key
    {
        // 16 bits would pile the keys of a large (perhaps hostile) object onto one run of slots.
        constexpr std::uint32_t kWideFrom = 1u << 10;
        return mask < kWideFrom ? m_hash & mask : wideHome(mask);
    }
    std::uint32_t wideHome(std::uint32_t mask) const;
    /// memcmp for keys: they are short, and a call costs more than the comparison.
    static bool sameBytes(const char *a, const char *b, std::size_t size)
    {
        const auto same = [a, b](auto word, std::size_t at) {
            auto other = word;
            std::memcpy(&word, a + at, sizeof word);
            std::memcpy(&other, b + at, sizeof other);
            return word == other;
        };
        if (size >= 8) {
            for (std::size_t at = 0; at + 8 < size; at += 8) {
                if (!same(std::uint64_t{}, at))
                    return false;
            }
            return same(std::uint64_t{}, size - 8);
        }
        if (size >= 4)
            return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
        return size == 0 ||
               (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
    }
    std::uint64_t head() const // kind, flags, key hash and size at once
    {
        std::uint64_t word;
        std::memcpy(&word, this, sizeof word);
        return word;
    }

    Kind m_kind = Kind::Undefined;
    std::uint8_t m_flags = 0;
    std::uint16_t m_hash = 0;
    std::uint32_t m_size = 0;
    union {
        std::int64_t m_int;
        double m_double;
        const char *m_text;
        const Value *m_items;
        const ObjectRep *m_object;
        const void *m_callable;
    };
};
static_assert(sizeof(Value) == 16);

struct Member
{
    Value key; ///< Made by Value::key().
    Value value;
};

/// Members of an object; `slots` is a power-of-two hash table of index + 1, only from 9 members on.
struct ObjectRep
{
    const Member *members;
    const std::uint32_t *slots;
    std::uint32_t slotMask;
};

inline std::span<const Member> Value::members() const
{
    if (m_kind != Kind::Object || m_size == 0)
        return {};
    return {m_object->members, m_size};
}

/// Collects the items of one array. Finish once; the builder may be reused afterwards.
class ArrayBuilder
{
public:
    explicit ArrayBuilder(Arena &arena) : m_arena(arena) {}
    void reserve(std::uint32_t count);
    void add(const Value &value)
    {
        if (m_size == m_capacity)
            reserve(m_capacity == 0 ? 4 : m_capacity * 2);
        m_items[m_size++] = value;
    }
    std::uint32_t size() const { return m_size; }
    Value finish(std::uint8_t flags = 0);

private:
    Arena &m_arena;
    Value *m_items = nullptr;
    std::uint32_t m_size = 0;
    std::uint32_t m_capacity = 0;
};

/// Collects the members of one object in order; setting a key again replaces its value in place.
class ObjectBuilder
{
public:
    explicit ObjectBuilder(Arena &arena) : m_arena(arena) {}
    void reserve(std::uint32_t count);
    void set(std::string_view name, const Value &value); ///< Copies the name into the arena if new.
    void set(const Value &hashedKey,
             const Value &value); ///< The key's text must outlive the arena.
    void remove(const Value &hashedKey);
    Value get(const Value &hashedKey) const;
    std::uint32_t size() const { return m_size; }
    Value finish();
    /// All members at once, in one allocation of the right size; keys as for set(hashedKey).
    static Value fromMembers(Arena &arena, std::span<const Member> members);
    /// The same when `like` has exactly these keys in this order, by address: they share its index.
    static Value fromMembersLike(Arena &arena, std::span<const Member> members, const Value &like);

private:
    std::uint32_t indexOf(const Value &hashedKey) const;
    void append(const Value &hashedKey, const Value &value);
    void rehash();
    bool indexWhole();

    Arena &m_arena;
    Member *m_members = nullptr;
    std::uint32_t m_size = 0;
    std::uint32_t m_capacity = 0;
    std::uint32_t *m_slots = nullptr;
    std::uint32_t m_slotMask = 0;
};

/// Deep copy into another arena, so that the source may go. Functions become undefined.
Value copyInto(Arena &arena, const Value &value);

/// Equality by meaning: numbers by value, objects without regard to order, functions by identity.
bool equals(const Value &a, const Value &b);

/// A message that owns its memory: what triggers emit and steps hand on.
class Document
{
public:
    Document() : m_arena(std::make_unique<Arena>()) {}
    explicit Document(std::unique_ptr<Arena> arena, Value root = {})
        : m_arena(std::move(arena)), m_root(root)
    {}

    const Value &root() const { return m_root; }
    Arena &arena() { return *m_arena; }
    void setRoot(const Value &root) { m_root = root; }
    Document clone() const;

private:
    std::unique_ptr<Arena> m_arena;
    Value m_root;
};

/// Shared because one output may feed several wires, the run history and the desktop at once; it is
/// immutable from then on, so threads may share it.
using DocumentPtr = std::shared_ptr<const Document>;

inline DocumentPtr share(Document document)
{
    return std::make_shared<const Document>(std::move(document));
}

} // namespace tw
