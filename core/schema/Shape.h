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
    std::string unit; ///< "minor", "major", "unix_seconds", "iso8601", or empty.
    std::string title;
    std::string help;
    bool nullable = false;
    std::vector<std::string> choices;
    std::optional<int> maxLength;
    std::vector<Field> fields; ///< Group.
    std::vector<Shape> item;   ///< List: exactly one.

    const Field *find(std::string_view name) const;
};

struct Shape::Field
{
    std::string name;
    Shape shape;
    bool required = false;
    bool writable = true;
};

std::string_view toString(Shape::Type type);
/// The word on the little label in a tree: "text", "number", "date and time", "money", …
std::string typeWord(const Shape &shape);
/// What an example tells; lists take the union of their items.
Shape shapeOf(const Value &example);

} // namespace tw
