// SPDX-License-Identifier: GPL-3.0-or-later
// What the forms and shapes of the steps have in common: choices, `expand`, messages and answers.
#include "core/connectors/stripe/StepForms.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe {
namespace {

constexpr int kDeepestExpansion = 4;

std::vector<std::string> pathsOf(const ApiCatalogue &catalogue, std::string_view object,
                                 bool isList)
{
    std::vector<std::string> paths;
    for (std::string &path : catalogue.expandable(object, kDeepestExpansion)) {
        if (isList)
            path.insert(0, "data.");
        // "data" is one of the four names, too.
        if (catalogue.mayExpand(object, path, isList))
            paths.push_back(std::move(path));
    }
    std::stable_sort(paths.begin(), paths.end(), [](const auto &a, const auto &b) {
        return std::count(a.begin(), a.end(), '.') < std::count(b.begin(), b.end(), '.');
    });
    return paths;
}

/// "Customer", "Card or Bank account", "6 kinds of objects".
std::string wordsFor(const std::vector<std::string> &objects)
{
    if (objects.size() > 2)
        return std::to_string(objects.size()) + " kinds";
    std::string words;
    for (const std::string &object : objects)
        words += (words.empty() ? "" : " or ") + objectTitle(object);
    return words;
}

/// What is meant, as far as that can be told; else some of what there is.
std::string nearestPath(const std::vector<std::string> &known, const std::string &path, bool isList)
{
    if (isList && !path.starts_with("data.") &&
        std::find(known.begin(), known.end(), "data." + path) != known.end())
        return "In a list each path begins with \"data.\": write \"data." + path + "\".";
    if (const std::string nearest = nearestWord(path, known); !nearest.empty())
        return "Did you mean \"" + nearest + "\"?";
    std::string some;
    for (std::size_t at = 0; at < std::min<std::size_t>(known.size(), 12); ++at)
        some += (at == 0 ? "" : ", ") + known[at];
    return some.empty() ? std::string("Take it out: nothing can be expanded there.")
                        : "It may be: " + some + (known.size() > 12 ? ", …" : ".");
}

void expandInto(const ApiCatalogue &catalogue, Shape &shape, const ApiField *field,
                std::string_view path)
{
    if (shape.type == Shape::Type::List && !shape.item.empty())
        return expandInto(catalogue, shape.item.front(),
                          field && !field->fields.empty() ? &field->fields.front() : nullptr, path);
    if (field && field->fields.empty() && !field->expandsTo.empty())
        field = catalogue.object(field->expandsTo.front());
    const auto dot = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, dot);
    const auto rest = path.substr(std::min(dot + 1, path.size()));
    const ApiField *member = field ? field->find(name) : nullptr;
    const auto place = std::find_if(shape.fields.begin(), shape.fields.end(),
                                    [name](const Shape::Field &one) { return one.name == name; });
    if (!member || place == shape.fields.end())
        return;
    const bool isId =
        place->shape.type != Shape::Type::Group && place->shape.type != Shape::Type::List;
    if (isId && !member->expandsTo.empty()) {
        const bool nullable = place->shape.nullable;
        place->shape = catalogue.objectShape(member->expandsTo.front());
        place->shape.nullable = nullable;
        member = catalogue.object(member->expandsTo.front());
    }
    if (!rest.empty())
        expandInto(catalogue, place->shape, member, rest);
}

} // namespace

bool isPlainName(const std::string &text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_';
    });
}

std::string objectTitle(std::string_view object)
{
    std::string title(object);
    std::replace(title.begin(), title.end(), '_', ' ');
    std::replace(title.begin(), title.end(), '.', ' ');
    if (!title.empty())
        title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    return title;
}

std::vector<Param::Choice> objectChoices(const ApiCatalogue &catalogue, ApiVerb verb)
{
    std::vector<Param::Choice> choices;
    for (const std::string &object : catalogue.objects()) {
        const ApiOperation *operation = catalogue.find(object, verb);
        // What lies inside another object needs two ids: that is what the raw request is for.
        if (operation && std::count(operation->path.begin(), operation->path.end(), '{') <= 1)
            choices.push_back({object, objectTitle(object), {}, {}});
    }
    return choices;
}

std::vector<Param::Choice> expandChoices(const ApiCatalogue &catalogue, std::string_view object,
                                         bool isList)
{
    std::vector<Param::Choice> choices;
    for (std::string &path : pathsOf(catalogue, object, isList)) {
        std::string title = isList ? path.substr(5) : path;
        std::string becomes = wordsFor(catalogue.expandsTo(object, title));
        choices.push_back({std::move(path), std::move(title), {}, std::move(becomes)});
    }
    return choices;
}

Param expandParam(const CataloguePtr &catalogue, ObjectOf objectOf, bool isList)
{
    return choiceList("expand", "Expand")
        .help("References in the answer that come as whole objects, up to four names deep. Each "
              "costs time.")
        .open()
        .suggestedBy([catalogue, objectOf = std::move(objectOf), isList](const Settings &settings) {
            return expandChoices(*catalogue, objectOf(settings), isList);
        });
}

void checkExpand(const ApiCatalogue &catalogue, const Settings &settings, std::string_view object,
                 bool isList, std::vector<Diagnostic> &findings)
{
    if (!catalogue.object(object))
        return;
    const std::vector<std::string> given = settings.list("expand");
    std::vector<std::string> known;
    for (std::size_t at = 0; at < given.size(); ++at) {
        if (catalogue.mayExpand(object, given[at], isList))
            continue;
        if (known.empty())
            known = pathsOf(catalogue, object, isList);
        Diagnostic finding;
        finding.severity = Severity::Error;
        finding.code = "stripe.no_expansion";
        finding.message = "\"" + given[at] + "\" is nothing that can be expanded in " +
                          (isList ? "a list of " : "a ") + objectTitle(object) +
                          (isList ? " objects." : " object.");
        finding.fix = nearestPath(known, given[at], isList);
        finding.path = "expand/" + std::to_string(at);
        findings.push_back(std::move(finding));
    }
}

std::vector<std::string> expandableOfAll(const ApiCatalogue &catalogue,
                                         const std::vector<std::string> &objects)
{
    std::vector<std::string> paths;
    if (objects.empty() || !catalogue.object(objects.front()))
        return paths;
    paths = pathsOf(catalogue, objects.front(), false);
    std::erase_if(paths, [&](const std::string &path) {
        return !std::all_of(objects.begin(), objects.end(), [&](const std::string &object) {
            return catalogue.mayExpand(object, path, false);
        });
    });
    return paths;
}

void checkExpandOfAll(const ApiCatalogue &catalogue, const Settings &settings,
                      const std::vector<std::string> &objects, std::vector<Diagnostic> &findings)
{
    for (const std::string &object : objects) {
        std::vector<Diagnostic> found;
        checkExpand(catalogue, settings, object, false, found);
        for (Diagnostic &finding : found) {
            const auto same = [&](const Diagnostic &other) { return other.path == finding.path; };
            if (std::none_of(findings.begin(), findings.end(), same))
                findings.push_back(
                    std::move(finding)); // Once for each path, whatever it is not in.
        }
    }
}

Shape callShape(const ApiCatalogue &catalogue, const ApiOperation &operation,
                const Settings &settings, std::initializer_list<const char *> names)
{
    Shape shape = catalogue.paramShape(operation);
    for (const char *setting : names) {
        const std::string name = settings.text(setting);
        if (!isPlainName(name) || shape.find(name))
            continue;
        Shape id;
        id.type = Shape::Type::Id;
        shape.fields.push_back({name, std::move(id), false, true});
    }
    return shape;
}

Shape expandedShape(const ApiCatalogue &catalogue, std::string_view object,
                    const std::vector<std::string> &expand, bool isList)
{
    Shape shape = catalogue.objectShape(object);
    for (std::string_view path : expand) {
        if (isList && path.starts_with("data."))
            path.remove_prefix(5);
        expandInto(catalogue, shape, catalogue.object(object), path);
    }
    return shape;
}

} // namespace tw::stripe
