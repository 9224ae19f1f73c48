// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/FieldEditor.h"

#include "core/base/Text.h"

namespace tw {

FieldEditor::FieldEditor(const Param &param, QWidget *parent) : QWidget(parent), m_param(param)
{
    setObjectName(toQString(param.id()));
}

QString FieldEditor::defaultText() const
{
    return toQString(m_param.defaultText().value_or(std::string()));
}

namespace field {

DocumentPtr none()
{
    return share(Document());
}

DocumentPtr text(const QString &text)
{
    Document document;
    document.setRoot(Value::string(document.arena(), toUtf8(text)));
    return share(std::move(document));
}

DocumentPtr number(const QString &digits)
{
    Document document;
    bool whole = false;
    const qlonglong integer = digits.toLongLong(&whole);
    document.setRoot(whole ? Value::integer(integer)
                           : Value::digits(document.arena().copy(toUtf8(digits))));
    return share(std::move(document));
}

DocumentPtr integer(std::int64_t number)
{
    Document document;
    document.setRoot(Value::integer(number));
    return share(std::move(document));
}

DocumentPtr flag(bool on)
{
    Document document;
    document.setRoot(Value::boolean(on));
    return share(std::move(document));
}

DocumentPtr list(const QStringList &items)
{
    Document document;
    ArrayBuilder array(document.arena());
    for (const QString &item : items)
        array.add(Value::string(document.arena(), toUtf8(item)));
    document.setRoot(array.finish());
    return share(std::move(document));
}

QString scalar(const YamlNode *node, const QString &otherwise)
{
    return node && node->isScalar() ? toQString(node->scalar) : otherwise;
}

QStringList scalars(const YamlNode *node)
{
    QStringList items;
    if (node && node->isScalar())
        items << toQString(node->scalar);
    else if (node) {
        for (const YamlNode &item : node->items)
            items << toQString(item.scalar);
    }
    return items;
}

} // namespace field
} // namespace tw
