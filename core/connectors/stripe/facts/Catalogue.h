// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"
#include "core/schema/Shape.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// One field of an object, or one parameter of a call.
struct ApiField
{
    enum class Kind {
        Text,
        Integer,
        Number,
        Boolean,
        Map,   ///< Free names to texts (metadata), or to what the one of `fields` is.
        Group, ///< `fields` are its members. Without any: one of `expandsTo`, as a whole.
        List,  ///< The one of `fields` is what its items are.
        Any    ///< One of `kinds` where they are known; `fields` are the members of its Group.
    };
    enum class Unit { None, MinorAmount, Decimal, UnixTime, Currency, Country, Email, Url };

    std::string name;
    Kind kind = Kind::Any;
    Unit unit = Unit::None;
    bool required = false;    ///< Parameter: must be sent. Field: always there.
    bool nullable = false;    ///< Parameter: an empty text unsets it. Field: may be null.
    bool openChoices = false; ///< More values than `choices` may come.
    bool includable = false;  ///< Field: only there when `expand` names it.
    std::vector<Kind> kinds;
    std::vector<std::string> choices;
    std::vector<std::string>
        expandsTo; ///< Field: an id that `expand` turns into one of these objects.
    std::vector<ApiField> fields;

    const ApiField *find(std::string_view field) const;
};

enum class ApiVerb { Create, Retrieve, Update, Delete, List, Search, Action };

/// One call of the API.
struct ApiOperation
{
    std::string method;
    std::string path; ///< "/v1/invoices/{id}/finalize"
    ApiVerb verb = ApiVerb::Action;
    std::string object;           ///< What it is about and, but for lists, answers: "invoice".
    std::string action;           ///< Verb Action: "finalize".
    std::vector<ApiField> params; ///< Form or query; "expand" is not among them.
    bool hasId() const { return path.find('{') != std::string::npos; }
};

/// What is wrong with the parameters of a call.
struct ApiProblem
{
    enum class What { Unknown, Missing, WrongType, NoChoice };
    What what = What::Unknown;
    std::string param; ///< As Stripe writes it: "items[0][price]".
    std::string message;
};

/// Names, types, choices and units of an API version: facts, no texts of Stripe's. Immutable once
/// made, usable from any thread.
class ApiCatalogue
{
public:
    static const ApiCatalogue &builtIn(); ///< Of kApiVersion; read when first asked for.
    /// Which calls and objects it has, without their fields: small, for lists of choices.
    static const ApiCatalogue &builtInCalls();
    /// Reads Stripe's published `spec3.json` (or a trimmed one). Error Rejected
    /// `stripe.not_a_spec` for anything else.
    static Result<ApiCatalogue> fromOpenApi(const Value &spec);
    /// What text() wrote. Error Rejected `stripe.not_a_catalogue`.
    static Result<ApiCatalogue> fromText(std::string_view json);
    std::string text() const; ///< Compact JSON; the same catalogue gives the same bytes.
    /// Of the parameters only `metadata`, which says whether an object can be found by a key.
    ApiCatalogue withoutFields() const;

    const std::string &version() const { return m_version; }
    const std::vector<ApiOperation> &operations() const { return m_operations; }
    std::vector<std::string> objects() const; ///< Sorted.
    /// The object as a group; null when it is not known.
    const ApiField *object(std::string_view type) const;
    /// For a real path ("/v1/customers/cus_1"); a literal segment wins over one in braces. What is
    /// behind a '?' is not looked at.
    const ApiOperation *find(std::string_view method, std::string_view path) const;
    /// Of several the one with the fewest ids, but by its own id rather than without one.
    const ApiOperation *find(std::string_view object, ApiVerb verb,
                             std::string_view action = {}) const;
    std::vector<std::string> actions(std::string_view object) const;
    /// What `expand[]` may name for an object, through `depth` other objects: "customer",
    /// "latest_invoice.payments"; for lists each begins with "data.". Stripe takes paths of at most
    /// four names, and "data" is one of them.
    std::vector<std::string> expandable(std::string_view object, int depth = 2) const;
    bool mayExpand(std::string_view object, std::string_view path, bool isList) const;
    /// What stands at a path once it is expanded: types of objects; empty where it is no object.
    std::vector<std::string> expandsTo(std::string_view object, std::string_view path) const;

    /// What the mapper draws for the parameters of a call, and for an object.
    Shape paramShape(const ApiOperation &operation) const;
    Shape objectShape(std::string_view type) const;

private:
    void index(); ///< Once m_operations is complete.

    std::string m_version;
    std::vector<ApiOperation> m_operations;
    std::map<std::string, ApiField, std::less<>> m_objects;
    /// By method, number of segments and second segment ("GET 3 customers").
    std::map<std::string, std::vector<std::size_t>, std::less<>> m_routes;
};

/// What steps and their forms go by; they keep it. That of the program is read only where its
/// fields are asked for: a runner whose flows make no calls of Stripe does without.
class CataloguePtr
{
public:
    CataloguePtr() = default; ///< That of the program.
    CataloguePtr(std::shared_ptr<const ApiCatalogue> own) : m_own(std::move(own)) {}

    const ApiCatalogue &operator*() const { return m_own ? *m_own : ApiCatalogue::builtIn(); }
    const ApiCatalogue *operator->() const { return &**this; }
    /// For its calls and objects; fields may be missing.
    const ApiCatalogue &calls() const { return m_own ? *m_own : ApiCatalogue::builtInCalls(); }

private:
    std::shared_ptr<const ApiCatalogue> m_own;
};
inline CataloguePtr builtInCatalogue()
{
    return {};
}

/// Holds parameters against an operation: unknown names, wrong types, values that are no choice,
/// required ones that are missing. `params`: a tree whose leaves are texts (as decoded from a form)
/// or JSON values. `expand` is allowed everywhere and not looked at.
std::vector<ApiProblem> checkParams(const ApiOperation &operation, const Value &params);

} // namespace tw::stripe
