// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/FormTree.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tw::sandbox {

namespace {

constexpr std::size_t kDeepest = 8;

struct Node
{
    std::string name;
    std::string text;
    std::vector<Node> children;
};

std::vector<std::string> keysOf(const std::string &name)
{
    const auto open = name.find('[');
    std::vector<std::string> keys{name.substr(0, open)};
    auto at = open;
    while (at != std::string::npos && keys.size() < kDeepest) {
        const auto close = name.find(']', at);
        if (close == std::string::npos)
            return {name};
        keys.push_back(name.substr(at + 1, close - at - 1));
        at = close + 1 < name.size() && name[close + 1] == '[' ? close + 1 : std::string::npos;
    }
    return keys;
}

Node &child(Node &parent, const std::string &key)
{
    const std::string name = key.empty() ? std::to_string(parent.children.size()) : key;
    const auto found = std::find_if(parent.children.begin(), parent.children.end(),
                                    [&](const auto &entry) { return entry.name == name; });
    if (found != parent.children.end())
        return *found;
    return parent.children.emplace_back(Node{name, {}, {}});
}

bool isList(const Node &node)
{
    std::size_t index = 0;
    return std::all_of(node.children.begin(), node.children.end(),
                       [&](const auto &entry) { return entry.name == std::to_string(index++); });
}

Value toValue(Arena &arena, const Node &node, bool isRoot)
{
    if (node.children.empty() && !isRoot)
        return Value::string(arena, node.text);
    if (!isRoot && isList(node)) {
        ArrayBuilder builder(arena);
        for (const auto &entry : node.children)
            builder.add(toValue(arena, entry, false));
        return builder.finish();
    }
    ObjectBuilder builder(arena);
    for (const auto &entry : node.children)
        builder.set(entry.name, toValue(arena, entry, false));
    return builder.finish();
}

} // namespace

Value formTree(Arena &arena, const FormFields &fields)
{
    Node root;
    for (const auto &[name, text] : fields) {
        Node *at = &root;
        for (const auto &key : keysOf(name))
            at = &child(*at, key);
        at->text = text;
        at->children.clear();
    }
    return toValue(arena, root, true);
}

} // namespace tw::sandbox
