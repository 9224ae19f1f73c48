// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <optional>
#include <string>
#include <vector>

namespace tw {

/// What a message looks like: fields with type, unit and need. Fills the mapper's trees, types the
/// checks, and becomes JSON Schema at the edges of a bundle. A plain value.
struct Shape
{
    enum class Type {
        Any,
        Text,
        Number,
        Integer,
        Boolean,
        Instant,
        Date,
        Money,
        Currency,
        Id,
        Email,
        Url,
        Choice,
        List,
        Group
    };
    struct Field;

    Type type = Type::Any;
    /// Money: "minor", "major". Instant: "unix_seconds", "unix_millis", "iso8601", "naive" (no zone).
    /// Currency: "lower", "upper" where it is always written so.
    std::string unit;
    std::string title;
    std::string help;
    bool nullable = false;
    std::vector<std::string> choices;
    std::optional<int> maxLength;
    std::vector<Field> fields; ///< Group.
    std::vector<Shape> item;   ///< List: exactly one. Group: of fields whose names nobody knows.
    /// Names that people look for in such a group in vain; `help` says where the thing is instead.
    std::vector<std::string> absent{};

    const Field *find(std::string_view name) const;
    bool isText() const;   ///< Travels as a JSON string, whatever it means.
    bool isNumber() const; ///< Travels as a JSON number.
};

struct Shape::Field
{
    std::string name;
    Shape shape;
    bool required = false;
    bool writable = true;
    bool isKey = false; ///< Its value says which record is written.
};

std::string_view toString(Shape::Type type);
/// The word on the little label in a tree: "text", "number", "date and time", "money", …
std::string typeWord(const Shape &shape);
/// What an example tells; lists take the union of their items.
Shape shapeOf(const Value &example);
/// What fits both: fields of either, required where both require them; texts and numbers of two
/// kinds become plain ones.
Shape joined(const Shape &a, const Shape &b);

} // namespace tw
