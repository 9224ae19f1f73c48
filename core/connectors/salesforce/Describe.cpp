// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/Describe.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cctype>

// Static libraries have to ask for their resources; the macro must stand outside namespaces.
static void initResources()
{
    Q_INIT_RESOURCE(salesforce_describe);
}

namespace tw::salesforce {

namespace {

bool flag(const Value &value)
{
    return value.isBool() && value.asBool();
}

int number(const Value &value)
{
    return static_cast<int>(value.toInt().value_or(0));
}

FieldInfo readField(const Value &field)
{
    FieldInfo info;
    info.name = field.get("name").text();
    info.label = field.get("label").text();
    info.type = field.get("type").text();
    info.length = number(field.get("length"));
    info.precision = number(field.get("precision"));
    info.scale = number(field.get("scale"));
    info.nillable = flag(field.get("nillable"));
    info.createable = flag(field.get("createable"));
    info.updateable = flag(field.get("updateable"));
    info.externalId = flag(field.get("externalId"));
    info.unique = flag(field.get("unique"));
    info.caseSensitive = flag(field.get("caseSensitive"));
    info.restrictedPicklist = flag(field.get("restrictedPicklist"));
    info.defaultedOnCreate = flag(field.get("defaultedOnCreate"));
    info.autoNumber = flag(field.get("autoNumber"));
    info.relationshipName = field.get("relationshipName").text();
    for (const auto &value : field.get("picklistValues").items()) {
        if (flag(value.get("active")))
            info.picklist.emplace_back(value.get("value").text());
        if (flag(value.get("defaultValue")))
            info.defaultPicklistValue = value.get("value").text();
    }
    for (const auto &target : field.get("referenceTo").items())
        info.referenceTo.emplace_back(target.text());
    return info;
}

template <typename Project>
const FieldInfo *findBy(const std::vector<FieldInfo> &fields, std::string_view name,
                        Project project)
{
    const std::string wanted = lowerCase(name);
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo &field) {
        return lowerCase(project(field)) == wanted;
    });
    return found == fields.end() ? nullptr : &*found;
}

QDir folder()
{
    return QDir(QStringLiteral(":/salesforce/describe"));
}

/// Null for a file that is not sound, which tests rule out.
std::unique_ptr<const Describe> readBuiltIn(std::string_view name)
{
    for (const QString &entry : folder().entryList()) {
        if (lowerCase(QFileInfo(entry).baseName().toStdString()) != name)
            continue;
        QFile file(folder().filePath(entry));
        const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        auto parsed = parseJson({text.constData(), static_cast<std::size_t>(text.size())});
        if (parsed)
            return std::make_unique<const Describe>(std::move(parsed).value());
        qCCritical(log::connector) << "describe file" << entry << "is not sound";
    }
    return nullptr;
}

} // namespace

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

Describe::Describe(Document answer)
    : m_answer(std::move(answer)),
      m_name(m_answer.root().get("name").text()),
      m_keyPrefix(m_answer.root().get("keyPrefix").text())
{
    for (const auto &field : m_answer.root().get("fields").items())
        m_fields.push_back(readField(field));
    for (const auto &type : m_answer.root().get("recordTypeInfos").items())
        m_recordTypes.emplace_back(type.get("recordTypeId").text());
}

const FieldInfo *Describe::field(std::string_view name) const
{
    return findBy(m_fields, name, [](const FieldInfo &field) { return field.name; });
}

const FieldInfo *Describe::relationship(std::string_view name) const
{
    return name.empty() ? nullptr : findBy(m_fields, name, [](const FieldInfo &field) {
        return field.relationshipName;
    });
}

bool Describe::hasRecordType(std::string_view id) const
{
    return std::any_of(m_recordTypes.begin(), m_recordTypes.end(), [&](const std::string &known) {
        return known == id || std::string_view(known).substr(0, 15) == id;
    });
}

DescribeSet::DescribeSet()
{
    initResources();
    for (const QString &file : folder().entryList())
        m_objects.emplace(lowerCase(QFileInfo(file).baseName().toStdString()), nullptr);
}

const DescribeSet &DescribeSet::builtIn()
{
    static const DescribeSet kBuiltIn;
    return kBuiltIn;
}

const Describe *DescribeSet::object(std::string_view name) const
{
    const std::string key = lowerCase(name);
    const std::scoped_lock guard(m_lock);
    const auto found = m_objects.find(key);
    if (found == m_objects.end())
        return nullptr;
    if (!found->second)
        found->second = readBuiltIn(key);
    return found->second.get();
}

const Describe *DescribeSet::byPrefix(std::string_view keyPrefix) const
{
    const auto objects = all();
    const auto found = std::find_if(objects.begin(), objects.end(), [&](const Describe *describe) {
        return describe->keyPrefix() == keyPrefix;
    });
    return found == objects.end() ? nullptr : *found;
}

std::vector<const Describe *> DescribeSet::all() const
{
    std::vector<const Describe *> objects;
    for (const auto &[name, known] : m_objects) { // No name comes later.
        if (const Describe *describe = object(name))
            objects.push_back(describe);
    }
    return objects;
}

} // namespace tw::salesforce
