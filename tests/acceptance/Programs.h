// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <memory>

namespace tw::test {

struct Finished
{
    int code = -1;
    QByteArray out;
    QByteArray err;
};

/// Runs `tidewire` to its end.
Finished runTidewire(const QStringList &arguments, const QByteArray &input = {},
                     const QStringList &environment = {});

/// Starts `tidewire` and reads lines of JSON from it until one has "event" equal to `event`; an empty
/// object when the program ends first.
std::unique_ptr<QProcess> startTidewire(const QStringList &arguments,
                                        const QStringList &environment = {});
QJsonObject awaitLine(QProcess &program, const QString &event);

/// A file of the shared data sets, or an empty string.
QString sharedFile(const QString &relative);

/// The demo project of the repository.
QString demoProject();

/// A copy of the demo in `folder`, to be changed.
QString copyOfDemo(const QString &folder);
/// Replaces text that must be there.
void change(const QString &file, const QByteArray &text, const QByteArray &by);
void write(const QString &file, const QByteArray &text);

/// Status and body of a GET, or of a POST where there is a body.
QPair<int, QByteArray> fetch(const QString &url, const QByteArray &token = {},
                             const QByteArray &origin = {}, const QByteArray &body = {});

} // namespace tw::test
