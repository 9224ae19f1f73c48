// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Value.h"

#include "core/data/Number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>

namespace tw {
namespace {

constexpr std::uint32_t kSlotsFrom = 9;
constexpr std::uint32_t kNone = UINT32_MAX;

std::uint64_t load(const char *from, std::size_t bytes)
{
    std::uint64_t word = 0;
    std::memcpy(&word, from, bytes);
    return word;
}

/// Eight bytes at a time; short keys are covered by their first and last bytes at once.
std::uint64_t mix(std::string_view text)
{
    std::uint64_t word = text.size() * 0x2545f4914f6cdd1du;
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    if (text.size() >= 8) {
        for (std::size_t at = 8; at + 8 < text.size(); at += 8)
            word = ((word ^ load(text.data() + at, 8)) * 0xd6e8feb86659fd93u) ^ (word >> 31);
        head = load(text.data(), 8);
        tail = load(text.data() + text.size() - 8, 8);
    } else if (text.size() >= 4) {
        head = load(text.data(), 4);
        tail = load(text.data() + text.size() - 4, 4);
    } else if (!text.empty()) {
        head = static_cast<unsigned char>(text[0]);
        tail = static_cast<unsigned char>(text[text.size() / 2]) << 8 |
               static_cast<unsigned char>(text.back());
    }
    head = (head ^ 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    word = (word + tail + (head ^ (head >> 29))) * 0x94d049bb133111ebu;
    return word ^ (word >> 32);
}

std::uint32_t slotMaskFor(std::uint32_t members)
{
    std::uint32_t slots = 16;
    while (slots * 3ull < members * 4ull)
        slots *= 2;
    return slots - 1;
}

std::uint32_t *newSlots(Arena &arena, std::uint32_t mask)
{
    auto *slots = arena.allocateArray<std::uint32_t>(std::size_t{mask} + 1);
    std::memset(slots, 0, (std::size_t{mask} + 1) * sizeof *slots);
    return slots;
}

} // namespace

Value Value::unsignedInteger(std::uint64_t value)
{
    if (value <= static_cast<std::uint64_t>(INT64_MAX))
        return integer(static_cast<std::int64_t>(value));
    Value v(Kind::UInt);
    v.m_int = static_cast<std::int64_t>(value);
    return v;
}

Value Value::key(std::string_view text)
{
    Value v(Kind::String, text.empty() ? std::string_view("", 0) : text);
    v.m_hash = static_cast<std::uint16_t>(mix(text));
    return v;
}

std::uint32_t Value::wideHome(std::uint32_t mask) const
{
    return static_cast<std::uint32_t>(mix(text()) >> 16) & mask;
}

double Value::toDouble() const
{
    switch (m_kind) {
    case Kind::Int:
        return static_cast<double>(m_int);
    case Kind::UInt:
        return static_cast<double>(rawUInt());
    case Kind::Double:
        return m_double;
    case Kind::Digits:
        return number::toDouble(text());
    default:
        return std::nan("");
    }
}

std::optional<std::int64_t> Value::toInt() const
{
    if (m_kind == Kind::Int)
        return m_int;
    if (m_kind == Kind::Double) {
        const bool fits = m_double >= -0x1p63 && m_double < 0x1p63;
        if (fits && m_double == std::trunc(m_double))
            return static_cast<std::int64_t>(m_double);
    } else if (m_kind == Kind::Digits) {
        number::Shape shape = number::shapeOf(text());
        const auto length = static_cast<std::int64_t>(shape.digits.size());
        if (shape.exponent < length || shape.exponent > 19)
            return std::nullopt;
        shape.digits.append(static_cast<std::size_t>(shape.exponent - length), '0');
        if (shape.negative)
            shape.digits.insert(0, 1, '-');
        std::int64_t whole = 0;
        const char *end = shape.digits.data() + shape.digits.size();
        if (std::from_chars(shape.digits.data(), end, whole).ec == std::errc())
            return whole;
    }
    return std::nullopt;
}

Value Value::get(std::string_view name) const
{
    return m_kind == Kind::Object ? get(key(name)) : Value();
}

Value Value::get(const Value &hashedKey) const
{
    if (m_kind != Kind::Object || m_size == 0)
        return {};
    const ObjectRep &rep = *m_object;
    if (!rep.slots) {
        for (std::uint32_t i = 0; i < m_size; ++i) {
            if (sameKey(rep.members[i].key, hashedKey))
                return rep.members[i].value;
        }
        return {};
    }
    for (std::uint32_t slot = hashedKey.home(rep.slotMask); rep.slots[slot] != 0;
         slot = (slot + 1) & rep.slotMask) {
        const Member &member = rep.members[rep.slots[slot] - 1];
        if (sameKey(member.key, hashedKey))
            return member.value;
    }
    return {};
}

Value Value::find(std::string_view dottedPath) const
{
    Value at = *this;
    while (!dottedPath.empty() && !at.isUndefined()) {
        const std::size_t dot = std::min(dottedPath.find('.'), dottedPath.size());
        const std::string_view step = dottedPath.substr(0, dot);
        dottedPath.remove_prefix(std::min(dot + 1, dottedPath.size()));
        if (at.isArray()) {
            std::uint32_t index = 0;
            const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
            const bool whole = read.ec == std::errc() && read.ptr == step.data() + step.size();
            at = whole && index < at.size() ? at.at(index) : Value();
        } else {
            at = at.get(step);
        }
    }
    return at;
}

void ArrayBuilder::reserve(std::uint32_t count)
{
    if (count <= m_capacity)
        return;
    auto *items = m_arena.allocateArray<Value>(count);
    if (m_size > 0)
        std::memcpy(static_cast<void *>(items), m_items, m_size * sizeof(Value));
    m_items = items;
    m_capacity = count;
}

Value ArrayBuilder::finish(std::uint8_t flags)
{
    const Value made = Value::array(m_items, m_size, flags);
    m_items = nullptr;
    m_size = m_capacity = 0;
    return made;
}

void ObjectBuilder::reserve(std::uint32_t count)
{
    if (count <= m_capacity)
        return;
    auto *members = m_arena.allocateArray<Member>(count);
    if (m_size > 0)
        std::memcpy(static_cast<void *>(members), m_members, m_size * sizeof(Member));
    m_members = members;
    m_capacity = count;
}

std::uint32_t ObjectBuilder::indexOf(const Value &hashedKey) const
{
    if (!m_slots) {
        for (std::uint32_t i = 0; i < m_size; ++i) {
            if (sameKey(m_members[i].key, hashedKey))
                return i;
        }
        return kNone;
    }
    for (std::uint32_t slot = hashedKey.home(m_slotMask); m_slots[slot] != 0;
         slot = (slot + 1) & m_slotMask) {
        if (sameKey(m_members[m_slots[slot] - 1].key, hashedKey))
            return m_slots[slot] - 1;
    }
    return kNone;
}

void ObjectBuilder::rehash()
{
    if (m_size < kSlotsFrom) {
        m_slots = nullptr;
        return;
    }
    const std::uint32_t mask = slotMaskFor(m_size);
    if (!m_slots || mask > m_slotMask) {
        m_slots = newSlots(m_arena, mask);
        m_slotMask = mask;
    } else {
        std::memset(m_slots, 0, (std::size_t{m_slotMask} + 1) * sizeof *m_slots);
    }
    for (std::uint32_t i = 0; i < m_size; ++i) {
        std::uint32_t slot = m_members[i].key.home(m_slotMask);
        while (m_slots[slot] != 0)
            slot = (slot + 1) & m_slotMask;
        m_slots[slot] = i + 1;
    }
}

void ObjectBuilder::append(const Value &hashedKey, const Value &value)
{
    if (m_size == m_capacity)
        reserve(m_capacity == 0 ? 4 : m_capacity * 2);
    m_members[m_size++] = {hashedKey, value};
    if (!m_slots && m_size < kSlotsFrom)
        return;
    if (!m_slots || m_size * 4ull > (m_slotMask + 1ull) * 3) {
        rehash();
        return;
    }
    std::uint32_t slot = hashedKey.home(m_slotMask);
    while (m_slots[slot] != 0)
        slot = (slot + 1) & m_slotMask;
    m_slots[slot] = m_size;
}

void ObjectBuilder::set(const Value &hashedKey, const Value &value)
{
    const std::uint32_t index = indexOf(hashedKey);
    if (index == kNone)
        append(hashedKey, value);
    else
        m_members[index].value = value;
}

void ObjectBuilder::set(std::string_view name, const Value &value)
{
    Value hashed = Value::key(name);
    const std::uint32_t index = indexOf(hashed);
    if (index != kNone) {
        m_members[index].value = value;
        return;
    }
    if (!name.empty())
        hashed.m_text = m_arena.copy(name).data();
    append(hashed, value);
}

void ObjectBuilder::remove(const Value &hashedKey)
{
    const std::uint32_t index = indexOf(hashedKey);
    if (index == kNone)
        return;
    std::copy(m_members + index + 1, m_members + m_size, m_members + index);
    --m_size;
    rehash();
}

Value ObjectBuilder::get(const Value &hashedKey) const
{
    const std::uint32_t index = indexOf(hashedKey);
    return index == kNone ? Value() : m_members[index].value;
}

/// Fills the slots for members that are all in place; false when a key repeats.
bool ObjectBuilder::indexWhole()
{
    if (m_size < kSlotsFrom) {
        std::uint64_t seen = 0;
        for (std::uint32_t i = 0; i < m_size; ++i) {
            const std::uint64_t bit = 1ull << (m_members[i].key.m_hash & 63);
            const bool perhaps = (seen & bit) != 0;
            seen |= bit;
            for (std::uint32_t j = 0; perhaps && j < i; ++j) {
                if (sameKey(m_members[i].key, m_members[j].key))
                    return false;
            }
        }
        return true;
    }
    m_slotMask = slotMaskFor(m_size);
    m_slots = newSlots(m_arena, m_slotMask);
    for (std::uint32_t i = 0; i < m_size; ++i) {
        const Value &key = m_members[i].key;
        std::uint32_t slot = key.home(m_slotMask);
        for (; m_slots[slot] != 0; slot = (slot + 1) & m_slotMask) {
            if (sameKey(m_members[m_slots[slot] - 1].key, key))
                return false;
        }
        m_slots[slot] = i + 1;
    }
    return true;
}

Value ObjectBuilder::fromMembers(Arena &arena, std::span<const Member> members)
{
    ObjectBuilder object(arena);
    object.reserve(static_cast<std::uint32_t>(members.size()));
    std::ranges::copy(members, object.m_members);
    object.m_size = static_cast<std::uint32_t>(members.size());
    if (object.indexWhole())
        return object.finish();
    ObjectBuilder merged(arena);
    for (const Member &member : members)
        merged.set(member.key, member.value);
    return merged.finish();
}

Value ObjectBuilder::fromMembersLike(Arena &arena, std::span<const Member> members,
                                     const Value &like)
{
    const std::size_t bytes = members.size_bytes();
    auto *memory = static_cast<char *>(arena.allocate(sizeof(ObjectRep) + bytes, alignof(Value)));
    auto *own = reinterpret_cast<Member *>(memory + sizeof(ObjectRep));
    std::memcpy(static_cast<void *>(own), members.data(), bytes);
    Value made(Value::Kind::Object);
    made.m_size = static_cast<std::uint32_t>(members.size());
    made.m_object = new (memory) ObjectRep{own, like.m_object->slots, like.m_object->slotMask};
    return made;
}

Value ObjectBuilder::finish()
{
    auto *rep = m_arena.allocateArray<ObjectRep>(1);
    *rep = {m_members, m_slots, m_slotMask};
    Value made(Value::Kind::Object);
    made.m_size = m_size;
    made.m_object = rep;
    m_members = nullptr;
    m_slots = nullptr;
    m_size = m_capacity = m_slotMask = 0;
    return made;
}

namespace {

Value copyLeaf(Arena &arena, const Value &value)
{
    if (value.isString())
        return Value::string(arena, value.text());
    if (value.kind() == Value::Kind::Digits)
        return Value::digits(arena.copy(value.text()));
    return value.isFunction() ? Value() : value;
}

} // namespace

Value copyInto(Arena &arena, const Value &value)
{
    if (value.isArray()) {
        auto *items = arena.allocateArray<Value>(value.size());
        for (std::uint32_t i = 0; i < value.size(); ++i)
            items[i] = copyInto(arena, value.at(i));
        return Value::array(items, value.size(), value.flags());
    }
    if (!value.isObject())
        return copyLeaf(arena, value);
    ObjectBuilder object(arena);
    object.reserve(value.size());
    for (const Member &member : value.members())
        object.set(Value::key(arena.copy(member.key.text())), copyInto(arena, member.value));
    return object.finish();
}

namespace {

bool sameNumber(const Value &a, const Value &b)
{
    using Kind = Value::Kind;
    if (a.kind() == Kind::Digits || b.kind() == Kind::Digits) {
        const auto bothText = a.kind() == b.kind() && a.text() == b.text();
        return bothText || number::shapeOf(a) == number::shapeOf(b);
    }
    if (a.kind() == b.kind())
        return a.kind() == Kind::Double ? a.rawDouble() == b.rawDouble() : a.rawInt() == b.rawInt();
    if (a.kind() != Kind::Double && b.kind() != Kind::Double)
        return false; // Int and UInt never share a value
    const Value &whole = a.kind() == Kind::Double ? b : a;
    const double decimal = a.kind() == Kind::Double ? a.rawDouble() : b.rawDouble();
    if (whole.kind() == Kind::UInt)
        return decimal < 0x1p64 && decimal >= 0x1p63 && decimal == std::trunc(decimal) &&
               static_cast<std::uint64_t>(decimal) == whole.rawUInt();
    const Value rounded = Value::number(decimal);
    return rounded.toInt() == whole.rawInt();
}

bool sameMembers(const Value &a, const Value &b)
{
    for (const Member &member : a.members()) {
        const Value other = b.get(member.key);
        if (!equals(member.value, other))
            return false;
        if (other.isUndefined() && !std::ranges::any_of(b.members(), [&](const Member &candidate) {
                return sameKey(candidate.key, member.key);
            }))
            return false;
    }
    return true;
}

} // namespace

bool equals(const Value &a, const Value &b)
{
    if (a.isNumber() && b.isNumber())
        return sameNumber(a, b);
    if (a.kind() != b.kind())
        return false;
    switch (a.kind()) {
    case Value::Kind::Bool:
        return a.asBool() == b.asBool();
    case Value::Kind::String:
        return a.text() == b.text();
    case Value::Kind::Array:
        return std::ranges::equal(a.items(), b.items(), equals);
    case Value::Kind::Object:
        return a.size() == b.size() && sameMembers(a, b);
    case Value::Kind::Function:
        return a.callable() == b.callable();
    default:
        return true;
    }
}

Document Document::clone() const
{
    auto arena = std::make_unique<Arena>(m_arena->bytesUsed() + 256);
    const Value root = copyInto(*arena, m_root);
    return Document(std::move(arena), root);
}

} // namespace tw
