// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/RecordLog.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace tw::sandbox {

namespace {

Error fileError(const QFile &file)
{
    return configError("sandbox.data_file", "The double cannot keep its records in " +
                                                toUtf8(file.fileName()) + ": " +
                                                toUtf8(file.errorString()) + ".");
}

/// Returns how many bytes of the file are sound.
qint64 readLines(QFile &file, const std::function<void(const Value &)> &line)
{
    qint64 sound = 0;
    while (!file.atEnd()) {
        const QByteArray text = file.readLine();
        if (!text.endsWith('\n'))
            break;
        const auto parsed = parseJson({text.constData(), static_cast<std::size_t>(text.size())});
        if (!parsed)
            break;
        line(parsed->root());
        sound += text.size();
    }
    return sound;
}

} // namespace

RecordLog::RecordLog() = default;
RecordLog::~RecordLog() = default;

Result<void> RecordLog::open(const std::string &path,
                             const std::function<void(const Value &)> &line)
{
    auto file = std::make_unique<QFile>(toQString(path));
    QDir().mkpath(QFileInfo(*file).absolutePath());
    if (!file->open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return fileError(*file);
    const qint64 sound = readLines(*file, line);
    if (sound < file->size() && !file->resize(sound))
        return fileError(*file);
    file->seek(sound);
    m_file = std::move(file);
    return {};
}

void RecordLog::append(const Value &object)
{
    if (!m_file)
        return;
    std::string text;
    appendJson(text, object);
    text += '\n';
    m_file->write(text.data(), static_cast<qint64>(text.size()));
}

void RecordLog::clear()
{
    if (!m_file)
        return;
    m_file->resize(0);
    m_file->seek(0);
}

} // namespace tw::sandbox
