// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"

#include "core/data/Json.h"

#include <QFile>
#include <algorithm>

// Resources of a static library are linked in only by name; outside of any namespace.
inline void takeStripeResources()
{
    Q_INIT_RESOURCE(stripe_facts);
}

namespace tw::stripe {
namespace {

using Segments = std::vector<std::string_view>;

Segments segmentsOf(std::string_view path)
{
    Segments segments;
    path = path.substr(0, path.find('?'));
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto slash = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, slash));
        path = path.substr(slash);
    }
    return segments;
}

/// How many segments are the same word; nothing when the path does not fit.
std::optional<int> fits(const Segments &pattern, const Segments &path)
{
    if (pattern.size() != path.size())
        return std::nullopt;
    int same = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const bool isOpen = pattern[at].starts_with('{');
        if (!isOpen && pattern[at] != path[at])
            return std::nullopt;
        same += isOpen ? 0 : 1;
    }
    return same;
}

Shape::Type typeOf(const ApiField &field)
{
    using Kind = ApiField::Kind;
    using Unit = ApiField::Unit;
    switch (field.unit) {
    case Unit::MinorAmount:
        return Shape::Type::Money;
    case Unit::UnixTime:
        return Shape::Type::Instant;
    case Unit::Currency:
        return Shape::Type::Currency;
    case Unit::Email:
        return Shape::Type::Email;
    case Unit::Url:
        return Shape::Type::Url;
    default:
        break;
    }
    switch (field.kind) {
    case Kind::Text:
        return field.name == "id" || !field.expandsTo.empty() ? Shape::Type::Id
               : field.choices.empty() || field.openChoices   ? Shape::Type::Text
                                                              : Shape::Type::Choice;
    case Kind::Integer:
        return Shape::Type::Integer;
    case Kind::Number:
        return Shape::Type::Number;
    case Kind::Boolean:
        return Shape::Type::Boolean;
    case Kind::Map:
    case Kind::Group:
        return Shape::Type::Group;
    case Kind::List:
        return Shape::Type::List;
    case Kind::Any:
        break;
    }
    return Shape::Type::Any;
}

} // namespace

const ApiField *ApiField::find(std::string_view field) const
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [field](const ApiField &one) { return one.name == field; });
    return found == fields.end() ? nullptr : &*found;
}

const ApiCatalogue &ApiCatalogue::builtIn()
{
    static const ApiCatalogue catalogue = [] {
        takeStripeResources();
        QFile file(QStringLiteral(":/stripe/catalogue.json"));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the catalogue of Stripe's calls is not in the program");
        const QByteArray bytes = file.readAll();
        auto read = fromText({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        if (!read)
            qFatal("%s", read.error().text().c_str());
        return std::move(*read);
    }();
    return catalogue;
}

std::vector<std::string> ApiCatalogue::objects() const
{
    std::vector<std::string> names;
    for (const auto &[name, field] : m_objects)
        names.push_back(name);
    return names;
}

const ApiField *ApiCatalogue::object(std::string_view type) const
{
    const auto found = m_objects.find(type);
    return found == m_objects.end() ? nullptr : &found->second;
}

const ApiOperation *ApiCatalogue::find(std::string_view method, std::string_view path) const
{
    const Segments asked = segmentsOf(path);
    const ApiOperation *best = nullptr;
    int most = -1;
    for (const ApiOperation &operation : m_operations) {
        if (operation.method != method)
            continue;
        const auto same = fits(segmentsOf(operation.path), asked);
        if (same && *same > most) {
            best = &operation;
            most = *same;
        }
    }
    return best;
}

const ApiOperation *ApiCatalogue::find(std::string_view object, ApiVerb verb,
                                       std::string_view action) const
{
    // The shortest way: "/v1/tax_ids" before "/v1/customers/{id}/tax_ids".
    const ApiOperation *best = nullptr;
    for (const ApiOperation &operation : m_operations) {
        if (operation.verb != verb || operation.object != object || operation.action != action)
            continue;
        if (!best || operation.path.size() < best->path.size())
            best = &operation;
    }
    return best;
}

std::vector<std::string> ApiCatalogue::actions(std::string_view object) const
{
    std::vector<std::string> names;
    for (const ApiOperation &operation : m_operations) {
        if (operation.verb == ApiVerb::Action && operation.object == object)
            names.push_back(operation.action);
    }
    std::sort(names.begin(), names.end());
    return names;
}

namespace {

/// Walks what an object holds; groups and lists do not count as levels of expansion.
void collect(const ApiCatalogue &catalogue, const ApiField &field, const std::string &prefix,
             int depth, int nesting, std::vector<std::string> &paths)
{
    if (nesting > 8)
        return;
    const ApiField *inside = &field;
    if (field.kind == ApiField::Kind::Group && field.fields.empty() && !field.expandsTo.empty()) {
        inside = catalogue.object(field.expandsTo.front());
        if (!inside)
            return;
    }
    for (const ApiField &member : inside->fields) {
        const std::string path = member.name.empty() ? prefix
                                 : prefix.empty()    ? member.name
                                                     : prefix + '.' + member.name;
        const bool isExpandable = member.kind == ApiField::Kind::Text && !member.expandsTo.empty();
        const bool isList = member.kind == ApiField::Kind::List;
        if (isExpandable) {
            paths.push_back(path);
            const ApiField *other =
                depth > 1 ? catalogue.object(member.expandsTo.front()) : nullptr;
            if (other)
                collect(catalogue, *other, path, depth - 1, nesting + 1, paths);
        } else if (isList || member.kind == ApiField::Kind::Group) {
            collect(catalogue, member, path, depth, nesting + 1, paths);
        }
    }
}

} // namespace

std::vector<std::string> ApiCatalogue::expandable(std::string_view type, int depth) const
{
    std::vector<std::string> paths;
    if (const ApiField *group = object(type))
        collect(*this, *group, {}, depth, 0, paths);
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

bool ApiCatalogue::mayExpand(std::string_view type, std::string_view path, bool isList) const
{
    if (isList) {
        if (!path.starts_with("data."))
            return false;
        path.remove_prefix(5);
    }
    const ApiField *at = object(type);
    bool expanded = false;
    int levels = isList ? 1 : 0;
    while (!path.empty() && at) {
        const auto dot = std::min(path.find('.'), path.size());
        const std::string_view name = path.substr(0, dot);
        path = path.substr(std::min(dot + 1, path.size()));
        if (at->kind == ApiField::Kind::List && !at->fields.empty())
            at = &at->fields.front();
        if (at->fields.empty() && !at->expandsTo.empty())
            at = object(at->expandsTo.front());
        at = at ? at->find(name) : nullptr;
        expanded =
            at && (!at->expandsTo.empty()
                   // Included only when asked for: lists that are not always there.
                   || ((at->kind == ApiField::Kind::List || at->kind == ApiField::Kind::Group) &&
                       !at->required));
        levels += at && !at->expandsTo.empty() ? 1 : 0;
        if (at && at->kind == ApiField::Kind::Text && !path.empty())
            at = at->expandsTo.empty() ? nullptr : object(at->expandsTo.front());
    }
    return expanded && levels <= 4;
}

namespace {

Shape shapeOf(const ApiCatalogue &catalogue, const ApiField &field, int depth)
{
    Shape shape;
    shape.type = typeOf(field);
    shape.nullable = field.nullable;
    if (field.unit == ApiField::Unit::MinorAmount)
        shape.unit = "minor";
    if (field.unit == ApiField::Unit::UnixTime)
        shape.unit = "unix_seconds";
    if (field.unit == ApiField::Unit::Currency)
        shape.unit = "lower";
    if (shape.type == Shape::Type::Choice)
        shape.choices = field.choices;
    if (field.kind == ApiField::Kind::Map) {
        Shape text;
        text.type = Shape::Type::Text;
        shape.item = {text};
        return shape;
    }
    const ApiField *inside = &field;
    if (field.kind == ApiField::Kind::Group && field.fields.empty() && !field.expandsTo.empty())
        inside = catalogue.object(field.expandsTo.front());
    if (!inside || depth <= 0) {
        if (shape.type == Shape::Type::Group || shape.type == Shape::Type::List)
            shape = Shape();
        return shape;
    }
    if (field.kind == ApiField::Kind::List) {
        shape.item = {inside->fields.empty()
                          ? Shape()
                          : shapeOf(catalogue, inside->fields.front(), depth - 1)};
        return shape;
    }
    for (const ApiField &member : inside->fields)
        shape.fields.push_back(
            {member.name, shapeOf(catalogue, member, depth - 1), member.required, true});
    return shape;
}

} // namespace

Shape ApiCatalogue::paramShape(const ApiOperation &operation) const
{
    ApiField all;
    all.kind = ApiField::Kind::Group;
    all.fields = operation.params;
    return shapeOf(*this, all, 10);
}

Shape ApiCatalogue::objectShape(std::string_view type) const
{
    const ApiField *group = object(type);
    return group ? shapeOf(*this, *group, 6) : Shape();
}

} // namespace tw::stripe
