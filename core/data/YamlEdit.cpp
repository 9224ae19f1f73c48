// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/YamlEditPlan.h"

#include <array>
#include <functional>

namespace tw {
namespace {

using yaml::Attempt;
using yaml::Planner;
using yaml::Trail;
using Changes = std::vector<TextChange>;

std::string shownPath(const YamlPath &path)
{
    std::string out;
    for (const std::string &step : path)
        out += (out.empty() ? "" : "/") + step;
    return out;
}

Error noSuchPath(const YamlPath &path)
{
    return configError("yaml.no_such_path",
                       "The file has no place \"" + shownPath(path) + "\" for this change.");
}

Error notEditable(const YamlPath &path)
{
    return configError("yaml.not_editable",
                       "\"" + shownPath(path) +
                           "\" is written in a way that cannot be changed here without touching "
                           "other lines; change it in the text.");
}

Error unsound(const YamlProblem &problem)
{
    return configError("yaml.not_editable",
                       "The file must be sound before it can be changed: line " +
                           std::to_string(problem.at.line) + ": " + problem.message);
}

bool meansTree(std::string_view text, const TextChange &change, const Value &expected)
{
    std::string changed(text);
    change.applyTo(changed);
    const YamlParse parse = parseYaml(changed);
    Arena arena;
    return parse.problems.empty() && yaml::sameTree(parse.root.toValue(arena), expected);
}

/// Tries the plan in its nicest form first; answers only what reads back as `expected`.
Result<Changes> firstThatHolds(std::string_view text, const YamlNode &root, const YamlPath &path,
                               const Value &expected,
                               const std::function<TextChange(const Planner &)> &plan)
{
    constexpr std::array kAttempts{Attempt{true, true}, Attempt{true, false},
                                   Attempt{false, false}};
    for (const Attempt &attempt : kAttempts) {
        const TextChange change = plan(Planner(text, root, attempt));
        if (meansTree(text, change, expected))
            return Changes{change};
    }
    return notEditable(path);
}

} // namespace

Result<Changes> yamlSet(std::string_view text, const YamlPath &path, const Value &value,
                        const std::vector<std::string> &before)
{
    const YamlParse parse = parseYaml(text);
    if (!parse.problems.empty())
        return unsound(parse.problems.front());
    Arena arena;
    const Value wanted = yaml::cleaned(arena, value);
    const Value current = parse.root.toValue(arena);
    const auto expected = yaml::treeSet(arena, current, path, wanted, before);
    if (!expected)
        return noSuchPath(path);
    if (yaml::sameTree(current, *expected))
        return Changes{};
    return firstThatHolds(text, parse.root, path, *expected, [&](const Planner &planner) {
        const Trail trail = planner.follow(path);
        const std::size_t known = trail.nodes.size() - 1;
        if (trail.isComplete(path))
            return planner.replaceValue(planner.slotAtEnd(trail), wanted);
        return planner.addKey(trail, path[known], yaml::wrapped(arena, path, known + 1, wanted),
                              before);
    });
}

Result<Changes> yamlRemove(std::string_view text, const YamlPath &path, bool pruneEmpty)
{
    const YamlParse parse = parseYaml(text);
    if (!parse.problems.empty())
        return unsound(parse.problems.front());
    Arena arena;
    YamlPath target = path;
    const Trail whole = Planner(text, parse.root, {}).follow(path);
    if (path.empty() || !whole.isComplete(path))
        return noSuchPath(path);
    for (std::size_t i = path.size() - 1; pruneEmpty && i > 0; --i) {
        const YamlNode &parent = *whole.nodes[i];
        if (!parent.isMap() || parent.entries.size() > 1 || !whole.nodes[i - 1]->isMap())
            break;
        target.pop_back();
    }
    const auto expected = yaml::treeRemove(arena, parse.root.toValue(arena), target);
    if (!expected)
        return noSuchPath(path);
    return firstThatHolds(text, parse.root, path, *expected, [&](const Planner &planner) {
        return planner.removeAt(planner.follow(target), target);
    });
}

namespace {

TextChange planItem(const Planner &planner, const YamlPath &path, std::size_t index,
                    const yaml::Item &item, const std::vector<std::string> &before)
{
    const Trail trail = planner.follow(path);
    if (!trail.isComplete(path))
        return planner.addListKey(trail, path.back(), item, before);
    if (trail.last().isSequence() && !trail.last().items.empty())
        return planner.insertItem(trail, index, item);
    return planner.startList(planner.slotAtEnd(trail), item);
}

} // namespace

Result<Changes> yamlInsertItem(std::string_view text, const YamlPath &path, std::size_t index,
                               std::string_view blockText, const std::vector<std::string> &before)
{
    const YamlParse parse = parseYaml(text);
    if (!parse.problems.empty())
        return unsound(parse.problems.front());
    const YamlParse block = parseYaml(blockText);
    if (!block.problems.empty())
        return unsound(block.problems.front());
    Arena arena;
    const Value current = parse.root.toValue(arena);
    const Value item = block.root.toValue(arena);
    auto expected = yaml::treeInsert(arena, current, path, index, item);
    if (!expected && index == 0 && !path.empty()) {
        const Trail trail = Planner(text, parse.root, {}).follow(path);
        if (trail.nodes.size() == path.size() && trail.last().isMap())
            expected = yaml::treeSet(arena, current, path, Value::array(&item, 1), before);
    }
    if (!expected)
        return noSuchPath(path);
    return firstThatHolds(text, parse.root, path, *expected, [&](const Planner &planner) {
        return planItem(planner, path, index, {blockText, item}, before);
    });
}

Result<Changes> yamlRenameKey(std::string_view text, const YamlPath &path, std::string_view name)
{
    const YamlParse parse = parseYaml(text);
    if (!parse.problems.empty())
        return unsound(parse.problems.front());
    Arena arena;
    const Trail trail = Planner(text, parse.root, {}).follow(path);
    const bool isKey =
        !path.empty() && trail.isComplete(path) && trail.nodes[trail.nodes.size() - 2]->isMap();
    if (!isKey)
        return noSuchPath(path);
    const YamlNode &map = *trail.nodes[trail.nodes.size() - 2];
    if (path.back() == name)
        return Changes{};
    if (map.find(name))
        return configError("yaml.not_editable", "The key \"" + std::string(name) +
                                                    "\" exists already beside \"" + path.back() +
                                                    "\".");
    const auto expected = yaml::treeRename(arena, parse.root.toValue(arena), path, name);
    if (!expected)
        return noSuchPath(path);
    return firstThatHolds(text, parse.root, path, *expected, [&](const Planner &planner) {
        return planner.renameKey(map, path.back(), name);
    });
}

} // namespace tw
