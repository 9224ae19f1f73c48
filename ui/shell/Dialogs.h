// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <functional>

class QWidget;

namespace tw {

class ActionCatalogue;

/// Small windows over the main one. Each returns at once; answers come through the callbacks.
namespace dialogs {

enum class Unsaved { Save, Discard };

/// Asks what becomes of the named flows; cancelling calls nothing.
void askUnsaved(QWidget *parent, const QStringList &files, std::function<void(Unsaved)> answer);
/// Asks for a text, one line or many; an unchanged or empty one calls nothing.
void askText(QWidget *parent, const QString &title, const QString &text, bool manyLines,
             std::function<void(QString)> answer);
void tell(QWidget *parent, const QString &title, const QString &text);
void showShortcuts(QWidget *parent, const ActionCatalogue &actions);
void showAbout(QWidget *parent, const QString &version);
void chooseFolder(QWidget *parent, std::function<void(QString)> chosen);
void chooseFlow(QWidget *parent, std::function<void(QString)> chosen);

} // namespace dialogs
} // namespace tw
