// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "ui/editors/Scintilla.h"

namespace tw {

/// A message to read: JSON in colours, with line numbers, never editable.
class JsonViewer : public QsciScintilla
{
    Q_OBJECT
public:
    explicit JsonViewer(QWidget *parent = nullptr);

    void show(const DocumentPtr &message);
    void showText(const QString &text);
    using QsciScintilla::show;
};

} // namespace tw
