// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tw::salesforce {

/// One field as a describe answer tells it: what may be written to it.
struct FieldInfo
{
    std::string name, label, type;
    int length = 0;
    int precision = 0;
    int scale = 0;
    bool nillable = true;
    bool createable = true;
    bool updateable = true;
    bool externalId = false;
    bool unique = false;
    bool caseSensitive = false;
    bool restrictedPicklist = false;
    bool defaultedOnCreate = false;
    bool autoNumber = false;
    std::vector<std::string> picklist; ///< Active values.
    std::string defaultPicklistValue;
    std::vector<std::string> referenceTo;
    std::string relationshipName;
};

/// An object's describe answer, read once. Names are found without regard to case. Immutable.
class Describe
{
public:
    explicit Describe(Document answer);

    const std::string &name() const { return m_name; }
    const std::string &keyPrefix() const { return m_keyPrefix; }
    const std::vector<FieldInfo> &fields() const { return m_fields; }
    const FieldInfo *field(std::string_view name) const;
    const FieldInfo *relationship(std::string_view name) const;
    bool hasRecordType(std::string_view id) const;
    const Value &answer() const { return m_answer.root(); }

private:
    Document m_answer;
    std::string m_name, m_keyPrefix;
    std::vector<FieldInfo> m_fields;
    std::vector<std::string> m_recordTypes;
};

/// The objects that the double knows, from the describe files built into the library. Each is read
/// when somebody first asks for it, and kept. Usable from any thread.
class DescribeSet
{
public:
    static const DescribeSet &builtIn();
    DescribeSet();

    const Describe *object(std::string_view name) const;
    const Describe *byPrefix(std::string_view keyPrefix) const;
    std::vector<const Describe *> all() const;

private:
    mutable std::mutex m_lock;
    /// By lower-case name; null until it is read.
    mutable std::map<std::string, std::unique_ptr<const Describe>, std::less<>> m_objects;
};

std::string lowerCase(std::string_view text);

} // namespace tw::salesforce
