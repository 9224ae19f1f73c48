// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/JsonViewer.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "ui/base/Theme.h"
#include "ui/editors/EditorLook.h"

namespace tw {

JsonViewer::JsonViewer(QWidget *parent) : QsciScintilla(parent)
{
    setUtf8(true);
    setLexer(new QsciLexerJSON(this));
    setMarginType(0, NumberMargin);
    setMarginWidth(0, 30);
    setMarginWidth(1, 0);
    setReadOnly(true);
    setAccessibleName(tr("Message as JSON"));
    SendScintilla(SCI_SETCARETSTYLE, static_cast<unsigned long>(CARETSTYLE_INVISIBLE));
    SendScintilla(SCI_SETSCROLLWIDTHTRACKING, 1UL);
    SendScintilla(SCI_SETSCROLLWIDTH, 10UL);
    editor_look::apply(*this);
    connect(&Theme::current(), &Theme::changed, this, [this] { editor_look::apply(*this); });
}

void JsonViewer::show(const DocumentPtr &message)
{
    showText(message ? toQString(toJson(message->root(), JsonStyle::Pretty)) : QString());
}

void JsonViewer::showText(const QString &text)
{
    if (text == this->text())
        return;
    setReadOnly(false);
    setText(text);
    setReadOnly(true);
}

} // namespace tw
