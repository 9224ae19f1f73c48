// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"

#include "core/data/Json.h"

#include <QFile>
#include <algorithm>
#include <optional>
#include <tuple>

// Resources of a static library are linked in only by name; outside of any namespace.
inline void takeStripeResources()
{
    Q_INIT_RESOURCE(stripe_facts);
}

namespace tw::stripe {
namespace {

constexpr int kDeepestParams = 16;
constexpr int kDeepestObject = 8;

/// The next segment of a path that begins with a slash; both are cut off.
std::string_view takeSegment(std::string_view &path)
{
    path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash);
    return segment;
}

/// How many segments are the same word; nothing when the path does not fit.
std::optional<int> fits(std::string_view pattern, std::string_view path)
{
    int same = 0;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = takeSegment(pattern), given = takeSegment(path);
        const bool isOpen = wanted.starts_with('{');
        if (isOpen ? given.empty() : wanted != given)
            return std::nullopt;
        same += isOpen ? 0 : 1;
    }
    return pattern.empty() && path.empty() ? std::optional(same) : std::nullopt;
}

/// Few operations share one: "GET 3 customers".
std::string routeOf(std::string_view method, std::string_view path)
{
    const auto count = std::count(path.begin(), path.end(), '/');
    takeSegment(path);
    const std::string_view second = path.empty() ? path : takeSegment(path);
    return std::string(method) + ' ' + std::to_string(count) + ' ' + std::string(second);
}

Shape::Type typeOf(const ApiField &field)
{
    using Kind = ApiField::Kind;
    using Unit = ApiField::Unit;
    if (field.kind == Kind::Any)
        return Shape::Type::Any; // What it is in one of its forms must not bind the others.
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

ApiCatalogue readResource(const QString &name)
{
    takeStripeResources();
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the catalogue of Stripe's calls is not in the program");
    const QByteArray bytes = file.readAll();
    auto read = ApiCatalogue::fromText({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!read)
        qFatal("%s", read.error().text().c_str());
    return std::move(*read);
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
    static const ApiCatalogue catalogue = readResource(QStringLiteral(":/stripe/catalogue.json"));
    return catalogue;
}

const ApiCatalogue &ApiCatalogue::builtInCalls()
{
    static const ApiCatalogue calls = readResource(QStringLiteral(":/stripe/calls.json"));
    return calls;
}

ApiCatalogue ApiCatalogue::withoutFields() const
{
    ApiCatalogue made = *this;
    for (ApiOperation &operation : made.m_operations)
        std::erase_if(operation.params,
                      [](const ApiField &field) { return field.name != "metadata"; });
    for (auto &[name, object] : made.m_objects)
        object.fields.clear();
    return made;
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

void ApiCatalogue::index()
{
    m_routes.clear();
    for (std::size_t at = 0; at < m_operations.size(); ++at)
        m_routes[routeOf(m_operations[at].method, m_operations[at].path)].push_back(at);
}

const ApiOperation *ApiCatalogue::find(std::string_view method, std::string_view path) const
{
    path = path.substr(0, path.find('?'));
    const auto routes =
        path.starts_with('/') ? m_routes.find(routeOf(method, path)) : m_routes.end();
    if (routes == m_routes.end())
        return nullptr;
    const ApiOperation *best = nullptr;
    int most = -1;
    for (const std::size_t at : routes->second) {
        const auto same = fits(m_operations[at].path, path);
        if (same && *same > most) {
            best = &m_operations[at];
            most = *same;
        }
    }
    return best;
}

const ApiOperation *ApiCatalogue::find(std::string_view object, ApiVerb verb,
                                       std::string_view action) const
{
    // "/v1/tax_ids" before "/v1/customers/{id}/tax_ids", "/v1/accounts/{id}" before "/v1/account".
    const auto rank = [verb](const ApiOperation &operation) {
        const bool isWhole = verb == ApiVerb::Create || verb == ApiVerb::List ||
                             verb == ApiVerb::Search || operation.hasId();
        return std::tuple(!isWhole, std::count(operation.path.begin(), operation.path.end(), '{'),
                          operation.path.size());
    };
    const ApiOperation *best = nullptr;
    for (const ApiOperation &operation : m_operations) {
        if (operation.verb == verb && operation.object == object && operation.action == action &&
            (!best || rank(operation) < rank(*best)))
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
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

namespace {

constexpr int kMostExpandNames = 4;
constexpr std::size_t kMostPaths = 5000;

bool isListObject(const ApiField &field)
{
    return field.kind == ApiField::Kind::Group && field.find("data") && field.find("has_more");
}

/// An id that can be filled, or a list of such.
bool isFillable(const ApiField &field)
{
    if (field.kind == ApiField::Kind::List)
        return !field.fields.empty() && isFillable(field.fields.front());
    return field.kind == ApiField::Kind::Text && !field.expandsTo.empty();
}

bool isExpandable(const ApiField &field)
{
    // Whole objects and lists are there already; Stripe takes their names all the same.
    return isFillable(field) || field.includable || isListObject(field) ||
           (field.kind == ApiField::Kind::Group && !field.expandsTo.empty());
}

/// Behind lists and maps: what their items are.
const ApiField &itemOf(const ApiField &field)
{
    const ApiField *at = &field;
    while ((at->kind == ApiField::Kind::List || at->kind == ApiField::Kind::Map) &&
           !at->fields.empty())
        at = &at->fields.front();
    return *at;
}

/// Every path to what can be expanded; each name on it counts, only other objects cost `depth`.
void collect(const ApiCatalogue &catalogue, const ApiField &group, const std::string &prefix,
             int depth, int names, std::vector<std::string> &paths)
{
    if (names <= 0 || paths.size() >= kMostPaths)
        return;
    for (const ApiField &member : group.fields) {
        if (group.find(member.name) != &member)
            continue; // Of two of one name the first one is meant.
        const std::string path = prefix.empty() ? member.name : prefix + '.' + member.name;
        if (isFillable(member) || member.includable)
            paths.push_back(path);
        const ApiField &item = itemOf(member);
        if (item.expandsTo.empty()) {
            collect(catalogue, item, path, depth, names - 1, paths);
            continue;
        }
        const int left = isFillable(member) ? depth - 1 : depth;
        for (const std::string &name : item.expandsTo) {
            const ApiField *other = left > 0 ? catalogue.object(name) : nullptr;
            if (other)
                collect(catalogue, *other, path, left, names - 1, paths);
        }
    }
}

/// The member of that name of a field that was walked to: of itself, or of one of its objects.
std::vector<const ApiField *> membersOf(const ApiCatalogue &catalogue, const ApiField &field,
                                        std::string_view name)
{
    std::vector<const ApiField *> found;
    const ApiField &item = itemOf(field);
    if (const ApiField *member = item.find(name))
        found.push_back(member);
    for (const std::string &type : item.expandsTo) {
        const ApiField *other = catalogue.object(type);
        const ApiField *member = other ? other->find(name) : nullptr;
        if (member)
            found.push_back(member);
    }
    return found;
}

} // namespace

std::vector<std::string> ApiCatalogue::expandable(std::string_view type, int depth) const
{
    std::vector<std::string> paths;
    if (const ApiField *group = object(type))
        collect(*this, *group, {}, depth, kMostExpandNames, paths);
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

namespace {

/// What a path leads to: each way, where an id may become one of several objects.
std::vector<const ApiField *> walk(const ApiCatalogue &catalogue, const ApiField &group,
                                   std::string_view path)
{
    std::vector<const ApiField *> at{&group};
    while (true) {
        const auto dot = std::min(path.find('.'), path.size());
        std::vector<const ApiField *> next;
        for (const ApiField *field : at) {
            const auto members = membersOf(catalogue, *field, path.substr(0, dot));
            next.insert(next.end(), members.begin(), members.end());
        }
        std::sort(next.begin(), next.end());
        next.erase(std::unique(next.begin(), next.end()), next.end());
        at = std::move(next);
        if (dot == path.size())
            return at;
        path.remove_prefix(dot + 1);
    }
}

} // namespace

bool ApiCatalogue::mayExpand(std::string_view type, std::string_view path, bool isList) const
{
    const ApiField *group = object(type);
    if (!group || std::count(path.begin(), path.end(), '.') >= kMostExpandNames ||
        (isList && !path.starts_with("data.")))
        return false;
    if (isList)
        path.remove_prefix(5);
    const auto at = walk(*this, *group, path);
    return std::any_of(at.begin(), at.end(),
                       [](const ApiField *field) { return isExpandable(*field); });
}

std::vector<std::string> ApiCatalogue::expandsTo(std::string_view type, std::string_view path) const
{
    std::vector<std::string> types;
    const ApiField *group = object(type);
    if (!group)
        return types;
    for (const ApiField *field : walk(*this, *group, path)) {
        const auto &names = itemOf(*field).expandsTo;
        types.insert(types.end(), names.begin(), names.end());
    }
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    return types;
}

namespace {

Shape shapeOf(const ApiCatalogue &catalogue, const ApiField &field, int depth);

void addMembers(const ApiCatalogue &catalogue, Shape &shape, const ApiField &group, int depth)
{
    for (const ApiField &member : group.fields)
        shape.fields.push_back(
            {member.name, shapeOf(catalogue, member, depth - 1), member.required, true});
}

/// One of several objects: what each of them may have.
Shape wholeObject(const ApiCatalogue &catalogue, const ApiField &field, int depth)
{
    std::optional<Shape> shape;
    for (const std::string &name : field.expandsTo) {
        const ApiField *object = catalogue.object(name);
        if (!object)
            return {};
        Shape one;
        one.type = Shape::Type::Group;
        addMembers(catalogue, one, *object, depth);
        shape = shape ? joined(*shape, one) : std::move(one);
    }
    return shape ? std::move(*shape) : Shape();
}

Shape shapeOf(const ApiCatalogue &catalogue, const ApiField &field, int depth)
{
    using Kind = ApiField::Kind;
    Shape shape;
    shape.type = typeOf(field);
    if (shape.type == Shape::Type::Money)
        shape.unit = "minor";
    if (shape.type == Shape::Type::Instant)
        shape.unit = "unix_seconds";
    if (shape.type == Shape::Type::Currency)
        shape.unit = "lower";
    if (shape.type == Shape::Type::Choice)
        shape.choices = field.choices;
    if (field.kind == Kind::Map || field.kind == Kind::List) {
        Shape item;
        item.type = field.kind == Kind::Map ? Shape::Type::Text : Shape::Type::Any;
        shape.item = {field.fields.empty() ? item
                                           : shapeOf(catalogue, field.fields.front(), depth - 1)};
    } else if (field.kind == Kind::Group && depth <= 0) {
        shape = Shape();
    } else if (field.kind == Kind::Group && field.fields.empty() && !field.expandsTo.empty()) {
        shape = wholeObject(catalogue, field, depth);
    } else if (depth > 0) {
        addMembers(catalogue, shape, field, depth);
    }
    shape.nullable = field.nullable;
    return shape;
}

} // namespace

Shape ApiCatalogue::paramShape(const ApiOperation &operation) const
{
    ApiField all;
    all.kind = ApiField::Kind::Group;
    all.fields = operation.params;
    return shapeOf(*this, all, kDeepestParams);
}

Shape ApiCatalogue::objectShape(std::string_view type) const
{
    const ApiField *group = object(type);
    return group ? shapeOf(*this, *group, kDeepestObject) : Shape();
}

} // namespace tw::stripe
