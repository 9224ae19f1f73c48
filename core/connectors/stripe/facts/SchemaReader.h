// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// Turns the schemas of one of Stripe's OpenAPI files into fields. The file may be hostile: depth,
/// lengths and the cost of everything that was read are bounded, and schemas that hold themselves
/// end as Any. Lives while the file is read; the spec must outlive it.
class SchemaReader
{
public:
    explicit SchemaReader(const Value &spec);

    /// What was read cost more than any file of Stripe's: the rest came out empty.
    bool isTooMuch() const;
    /// `isObject`: of an answer, where objects with a name of their own stay names.
    ApiField read(std::string_view name, const Value &schema, int depth, bool isObject);
    std::vector<ApiField> members(const Value &schema, int depth, bool isObject);
    const Value &schemas() const { return m_schemas; }
    static bool isResource(const Value &schema);

private:
    Value schema(const std::string &name) const { return m_schemas.get(name); }
    bool isNamed(const Value &way) const;
    void takeReference(ApiField &field, const std::string &name, int depth, bool isObject);
    void takeChoice(ApiField &field, const Value &schema, const Value &any, int depth,
                    bool isObject);
    void takeForms(ApiField &field, const std::vector<Value> &ways, int depth, bool isObject);
    void takePlain(ApiField &field, const Value &schema, int depth, bool isObject);
    void takeMap(ApiField &field, const Value &schema, int depth, bool isObject);
    void takeChoices(ApiField &field, const Value &schema);
    void addNamed(ApiField &field, const std::vector<Value> &ways);
    void addObjects(ApiField &field, const std::string &name, int depth);
    ApiField item(const ApiField &list, const Value &schema, int depth, bool isObject);

    Value m_schemas;
    std::set<std::string> m_open; ///< References that are being written out.
    std::size_t m_cost = 0;
};

/// The last part of a reference: "customer" of "#/components/schemas/customer".
std::string lastOf(std::string_view reference);
bool isTrue(const Value &value);

} // namespace tw::stripe
