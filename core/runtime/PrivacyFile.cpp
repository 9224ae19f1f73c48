// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/PrivacyFile.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QFile>
#include <QSaveFile>

namespace tw::privacy_file {
namespace {

Value listOf(Arena &arena, const std::vector<std::string> &names)
{
    ArrayBuilder list(arena);
    for (const std::string &name : names)
        list.add(Value::string(arena, name));
    return list.finish();
}

std::vector<std::string> namesIn(const Value &list)
{
    std::vector<std::string> names;
    for (const Value &name : list.items())
        names.emplace_back(name.text());
    return names;
}

Error unusable(const std::string &file, const char *verb)
{
    return transientError("runtime.data_folder", "The file " + file + " cannot be " + verb
                                                     + ". Check the folder and its rights.");
}

} // namespace

Result<void> write(const std::string &file, const PrivacyRules &rules)
{
    const QString name = toQString(file);
    if (rules.mask.empty() && rules.keep.empty())
        return !QFile::exists(name) || QFile::remove(name)
                   ? Result<void>()
                   : Result<void>(unusable(file, "removed"));
    Arena arena;
    ObjectBuilder object(arena);
    object.set("mask", listOf(arena, rules.mask));
    object.set("keep", listOf(arena, rules.keep));
    const std::string text = toJson(object.finish()) + '\n';
    QSaveFile target(name);
    const bool written = target.open(QIODevice::WriteOnly)
        && target.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && target.write(text.data(), static_cast<qint64>(text.size()))
               == static_cast<qint64>(text.size())
        && target.commit();
    return written ? Result<void>() : Result<void>(unusable(file, "written"));
}

Result<PrivacyRules> read(const std::string &file)
{
    QFile source(toQString(file));
    if (!source.exists())
        return PrivacyRules();
    if (!source.open(QIODevice::ReadOnly))
        return unusable(file, "read");
    const auto json = parseJson(source.readAll().toStdString());
    if (!json || !json->root().isObject())
        return unusable(file, "understood");
    return PrivacyRules{namesIn(json->root().get("mask")), namesIn(json->root().get("keep"))};
}

} // namespace tw::privacy_file
