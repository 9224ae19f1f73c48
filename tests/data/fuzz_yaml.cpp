// SPDX-License-Identifier: GPL-3.0-or-later
// Every text is judged without harm; every node lies inside the text; an edit that succeeds leaves
// a sound text that holds the new value.
#include "core/base/Random.h"
#include "core/data/Yaml.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

void checkPlaces(const tw::YamlNode &node, std::size_t size)
{
    if (node.at.offset > size || node.end > size || node.end < node.at.offset || node.at.line < 1 ||
        node.at.column < 1)
        std::abort();
    for (const tw::YamlNode &item : node.items)
        checkPlaces(item, size);
    for (const auto &entry : node.entries)
        checkPlaces(entry.value, size);
}

tw::YamlPath anyPath(const tw::YamlNode &root, tw::Random &random)
{
    tw::YamlPath path;
    const tw::YamlNode *at = &root;
    while (at && random.below(4) != 0) {
        if (!at->entries.empty()) {
            const auto &entry = at->entries[random.below(at->entries.size())];
            path.push_back(entry.key);
            at = &entry.value;
        } else if (!at->items.empty()) {
            const auto index = random.below(at->items.size());
            path.push_back(std::to_string(index));
            at = &at->items[index];
        } else {
            at = nullptr;
        }
    }
    return path;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    const tw::YamlParse parse = tw::parseYaml(text);
    if (!parse.problems.empty())
        return 0;
    checkPlaces(parse.root, size);
    tw::Random random(size * 31 + (size > 0 ? data[size / 2] : 0));
    const tw::YamlPath path = anyPath(parse.root, random);
    if (path.empty())
        return 0;
    const auto changes = random.below(2) == 0 ? tw::yamlSet(text, path, tw::Value::string("on: x"))
                                              : tw::yamlRemove(text, path);
    if (!changes)
        return 0;
    std::string changed = text;
    for (const tw::TextChange &change : *changes)
        change.applyTo(changed);
    if (!tw::parseYaml(changed).problems.empty())
        std::abort();
    return 0;
}
