// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// A place in a text file: line and column count from 1, columns in code points; offset in bytes.
struct TextPosition
{
    int line = 1;
    int column = 1;
    std::size_t offset = 0;
};

/// One node of a YAML file with its place. Owns its children; a plain value, safe to copy and keep.
struct YamlNode
{
    enum class Kind { Null, Scalar, Sequence, Map };
    enum class Style { Plain, SingleQuoted, DoubleQuoted, Literal, Folded, Flow, Block };

    struct Entry;

    Kind kind = Kind::Null;
    Style style = Style::Plain;
    std::string scalar;          ///< Unescaped text of a scalar.
    TextPosition at;             ///< First character of the node.
    std::size_t end = 0;         ///< Offset behind the last character of the node.
    std::vector<YamlNode> items; ///< Sequence.
    std::vector<Entry> entries;  ///< Map, in the file's order.

    bool isNull() const { return kind == Kind::Null; }
    bool isScalar() const { return kind == Kind::Scalar; }
    bool isMap() const { return kind == Kind::Map; }
    bool isSequence() const { return kind == Kind::Sequence; }
    const YamlNode *find(std::string_view key) const;
    const Entry *entry(std::string_view key) const;

    /// Plain scalars by the YAML 1.2 core schema (true, 12, 1.5, null), quoted ones as strings.
    Value toValue(Arena &arena) const;
};

struct YamlNode::Entry
{
    std::string key;
    TextPosition keyAt;
    YamlNode value;
};

struct YamlLimits
{
    std::size_t bytes = 4u << 20;
    std::size_t depth = 64;
    std::size_t nodes = 500'000;
};

/// What is wrong with a YAML text and where.
struct YamlProblem
{
    std::string code; ///< `yaml.syntax`, `yaml.duplicate_key`, `yaml.alias`, `yaml.tag`,
                      ///< `yaml.too_deep`, `yaml.too_large`, `yaml.many_documents`
    std::string message;
    TextPosition at;
};

struct YamlParse
{
    YamlNode root;
    std::vector<YamlProblem> problems; ///< Empty when the text is sound.
};

/// Reads one YAML document (yaml-cpp's event parser under our limits): anchors, aliases, tags,
/// duplicate keys, non-scalar keys and further documents are problems with their position. Never
/// throws.
YamlParse parseYaml(std::string_view text, const YamlLimits &limits = {});

/// A scalar as flow files write it: plain where every YAML 1.1 and 1.2 reader sees the same string,
/// else double-quoted ("on", "012", "1e3", "true", dates, leading or trailing blanks, ": ", " #").
std::string yamlScalar(std::string_view text);
/// A value as YAML: scalars, flow style for short lists of scalars (up to 80 columns), else blocks
/// indented by two from `indent`; strings of several lines become literal blocks. Without the final
/// newline. `indent` is the column of the value's own lines (keys, dashes; for a literal block that
/// of its key); the first line carries no indent, so that it can be put behind "- " or spaces.
std::string toYaml(const Value &value, int indent = 0);

/// One replacement in a text: `removed` stood at `offset`, now `inserted` stands there.
struct TextChange
{
    std::size_t offset = 0;
    std::string removed;
    std::string inserted;

    TextChange inverse() const { return {offset, inserted, removed}; }
    void applyTo(std::string &text) const { text.replace(offset, removed.size(), inserted); }
};

/// Changes of a YAML text that touch one block and leave every other byte alone: comments, order,
/// quoting and line ends (LF or CRLF) outside the block stay. `path` walks maps by key and
/// sequences by index ("steps/2/with/object" as a list of keys; a sequence index is its decimal
/// digits). Each returns the changes in the order in which to apply them. Errors: Config
/// `yaml.no_such_path`, `yaml.not_editable`.
using YamlPath = std::vector<std::string>;

/// Replaces the value at `path`, or adds the last key of `path` to its map (before the first of
/// `before` that exists there, else at the end). A trailing comment on the line stays.
Result<std::vector<TextChange>> yamlSet(std::string_view text, const YamlPath &path,
                                        const Value &value,
                                        const std::vector<std::string> &before = {});
/// Removes the key or item at `path` with its own-line comments directly above. A parent map that
/// becomes empty goes as well when `pruneEmpty`.
Result<std::vector<TextChange>> yamlRemove(std::string_view text, const YamlPath &path,
                                           bool pruneEmpty = true);
/// Inserts `blockText` (an item written without indent, several lines allowed) into the sequence at
/// `path` at `index` (size = append); creates the key when the sequence is missing.
Result<std::vector<TextChange>> yamlInsertItem(std::string_view text, const YamlPath &path,
                                               std::size_t index, std::string_view blockText,
                                               const std::vector<std::string> &before = {});
/// Renames the key at `path`.
Result<std::vector<TextChange>> yamlRenameKey(std::string_view text, const YamlPath &path,
                                              std::string_view name);

} // namespace tw
