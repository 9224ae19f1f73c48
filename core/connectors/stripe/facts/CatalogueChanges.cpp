// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/CatalogueChanges.h"

#include "core/base/Text.h"
#include "core/connectors/stripe/facts/JsonPlace.h"
#include "core/data/Json.h"
#include "core/schema/Settings.h"

#include <QRegularExpression>
#include <algorithm>
#include <map>
#include <set>

namespace tw::stripe {
namespace {

using Kind = ApiField::Kind;
using Lines = std::vector<std::string>;

// Stripe's own file has some eight megabytes.
constexpr JsonLimits kSpecLimits{48u << 20, 128};
constexpr std::size_t kShownChoices = 5;

std::string wordOf(Kind kind)
{
    static constexpr const char *kWords[] = {"text", "whole number", "number", "true or false",
                                             "map",  "group",        "list",   "anything"};
    return kWords[static_cast<std::size_t>(kind)];
}

std::string typeOf(const ApiField &field)
{
    if (field.kind == Kind::List && !field.fields.empty())
        return "list of " + wordOf(field.fields.front().kind);
    return wordOf(field.kind);
}

std::string listed(const std::vector<std::string> &words)
{
    std::string text;
    for (std::size_t at = 0; at < std::min(words.size(), kShownChoices); ++at)
        text += (at == 0 ? "" : ", ") + words[at];
    if (words.size() > kShownChoices)
        text += " and " + std::to_string(words.size() - kShownChoices) + " more";
    return text;
}

std::vector<std::string> without(std::vector<std::string> words, std::vector<std::string> others)
{
    std::sort(words.begin(), words.end());
    std::sort(others.begin(), others.end());
    std::vector<std::string> left;
    std::set_difference(words.begin(), words.end(), others.begin(), others.end(),
                        std::back_inserter(left));
    return left;
}

/// Compares fields that are there on both sides, and names the others.
class FieldComparison
{
public:
    explicit FieldComparison(CatalogueChanges &changes) : m_changes(changes) {}

    /// `owner` with what stands between it and a name: "charge.", "POST /v1/charges, ".
    void compare(const std::string &owner, const std::vector<ApiField> &before,
                 const std::vector<ApiField> &now)
    {
        std::map<std::string_view, const ApiField *> old;
        std::set<std::string_view> seen; // A file may name a field twice.
        for (const ApiField &field : before)
            old.emplace(field.name, &field);
        for (const ApiField &field : now) {
            if (!seen.insert(field.name).second)
                continue;
            const auto known = old.find(field.name);
            if (known == old.end()) {
                m_changes.newFields.push_back(owner + field.name + ": " + typeOf(field) +
                                              (field.required ? ", required" : ""));
                continue;
            }
            compareOne(owner + field.name, *known->second, field);
            old.erase(known);
        }
        for (const auto &[name, field] : old)
            m_changes.goneFields.push_back(owner + std::string(name));
    }

private:
    void compareOne(const std::string &place, const ApiField &before, const ApiField &now)
    {
        Lines what;
        if (typeOf(before) != typeOf(now))
            what.push_back(typeOf(before) + " is now " + typeOf(now));
        const auto turned = [&what](bool was, bool is, const char *on, const char *off) {
            if (was != is)
                what.emplace_back(is ? on : off);
        };
        turned(before.required, now.required, "now required", "no longer required");
        turned(before.nullable, now.nullable, "may now be null", "no longer null");
        turned(before.includable, now.includable, "only there when expanded",
               "there without being expanded");
        if (const auto more = without(now.choices, before.choices);
            !more.empty() && !before.choices.empty())
            what.push_back("new choices " + listed(more));
        if (const auto less = without(before.choices, now.choices);
            !less.empty() && !now.choices.empty())
            what.push_back("choices gone: " + listed(less));
        if (before.expandsTo != now.expandsTo && !now.expandsTo.empty())
            what.push_back("stands for " + listed(now.expandsTo));
        if (before.unit != now.unit)
            what.emplace_back("is counted otherwise");
        std::string line;
        for (const std::string &one : what)
            line += (line.empty() ? "" : "; ") + one;
        if (!line.empty())
            m_changes.changedFields.push_back(place + ": " + line);
        const bool isList = now.kind == Kind::List || now.kind == Kind::Map;
        if (!isList)
            return compare(place + '.', before.fields, now.fields);
        if (before.fields.size() == 1 && now.fields.size() == 1)
            compare(place + "[].", before.fields.front().fields, now.fields.front().fields);
    }

    CatalogueChanges &m_changes;
};

std::map<std::string, const ApiOperation *> callsOf(const ApiCatalogue &catalogue)
{
    std::map<std::string, const ApiOperation *> calls;
    static const QRegularExpression kId(QStringLiteral("\\{[^}]*\\}"));
    for (const ApiOperation &operation : catalogue.operations()) {
        // What an id is called in a path says nothing: {customer}, {id}.
        const QString path = toQString(operation.path).replace(kId, QStringLiteral("{}"));
        calls.emplace(operation.method + ' ' + toUtf8(path), &operation);
    }
    return calls;
}

Error refused(std::string code, std::string message, std::string where = {})
{
    Error error = rejectedError(std::move(code), std::move(message));
    error.where = std::move(where);
    return error;
}

bool holdsSecret(const std::vector<ApiField> &fields)
{
    return std::any_of(fields.begin(), fields.end(), [](const ApiField &field) {
        return looksLikeSecret(field.name) ||
               std::any_of(field.choices.begin(), field.choices.end(),
                           [](const std::string &choice) { return looksLikeSecret(choice); }) ||
               holdsSecret(field.fields);
    });
}

} // namespace

bool CatalogueChanges::isEmpty() const
{
    return newCalls.empty() && goneCalls.empty() && newObjects.empty() && goneObjects.empty() &&
           newFields.empty() && goneFields.empty() && changedFields.empty();
}

CatalogueChanges CatalogueChanges::between(const ApiCatalogue &before, const ApiCatalogue &now)
{
    CatalogueChanges changes;
    changes.before = before.version();
    changes.now = now.version();
    FieldComparison fields(changes);
    auto old = callsOf(before);
    const auto nameOf = [](const ApiOperation &call) { return call.method + ' ' + call.path; };
    for (const auto &[key, call] : callsOf(now)) {
        const auto known = old.find(key);
        if (known == old.end()) {
            changes.newCalls.push_back(nameOf(*call));
            continue;
        }
        fields.compare(nameOf(*call) + ", ", known->second->params, call->params);
        old.erase(known);
    }
    for (const auto &[key, call] : old)
        changes.goneCalls.push_back(nameOf(*call));
    changes.newObjects = without(now.objects(), before.objects());
    changes.goneObjects = without(before.objects(), now.objects());
    for (const std::string &name : now.objects()) {
        if (const ApiField *known = before.object(name))
            fields.compare(name + '.', known->fields, now.object(name)->fields);
    }
    for (Lines *lines : {&changes.newFields, &changes.goneFields, &changes.changedFields})
        std::sort(lines->begin(), lines->end());
    return changes;
}

bool isOlderVersion(const std::string &version, const std::string &other)
{
    return version.substr(0, 10) < other.substr(0, 10);
}

Result<ApiCatalogue> catalogueFromSpec(std::string_view text)
{
    const auto parsed = parseJson(text, kSpecLimits);
    if (!parsed)
        return refused("stripe.not_a_spec",
                       "This is no description of Stripe's API (spec3.json): " +
                           parsed.error().message,
                       placeIn(parsed.error().message));
    auto made = ApiCatalogue::fromOpenApi(parsed->root());
    if (!made)
        return refused(made.error().code, made.error().message, "1:1");
    static const QRegularExpression kVersion(
        QStringLiteral("^20\\d\\d-\\d\\d-\\d\\d(\\.[a-z]+)?$"));
    if (!kVersion.match(toQString(made->version())).hasMatch())
        return refused("stripe.not_a_spec",
                       "This is no description of Stripe's API (spec3.json): its version is not "
                       "named as Stripe names them, such as 2026-10-28.endive.",
                       "1:1");
    for (const std::string &name : made->objects()) {
        if (looksLikeSecret(name) || holdsSecret(made->object(name)->fields))
            return refused("stripe.secret_in_spec",
                           "Something among the names of \"" + name.substr(0, 40) +
                               "\" looks like a key. Take the file from Stripe anew.",
                           "1:1");
    }
    for (const ApiOperation &operation : made->operations()) {
        if (looksLikeSecret(operation.path) || holdsSecret(operation.params))
            return refused("stripe.secret_in_spec",
                           "Something among the names of a call looks like a key. Take the file "
                           "from Stripe anew.",
                           "1:1");
    }
    return made;
}

} // namespace tw::stripe
