// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/SimpleFields.h"

#include "core/base/Text.h"
#include "ui/base/Fonts.h"
#include "ui/base/SegmentedControl.h"
#include "ui/base/Switch.h"

#include <QComboBox>
#include <QCompleter>
#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <limits>

namespace tw {

namespace {

constexpr int kFieldHeight = 32;

template <typename Widget>
Widget *filled(FieldEditor *field, Widget *widget)
{
    auto *layout = new QVBoxLayout(field);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(widget);
    widget->setAccessibleName(toQString(field->param().title()));
    return widget;
}

bool isEscape(const QEvent *event)
{
    return event->type() == QEvent::KeyPress &&
           static_cast<const QKeyEvent *>(event)->key() == Qt::Key_Escape;
}

} // namespace

LineField::LineField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent), m_edit(filled(this, new QLineEdit))
{
    m_edit->setFixedHeight(kFieldHeight);
    m_edit->setPlaceholderText(toQString(param().placeholderText().empty()
                                             ? param().defaultText().value_or(std::string())
                                             : param().placeholderText()));
    if (const auto longest = param().longest())
        m_edit->setMaxLength(*longest);
    if (!param().choices().empty()) {
        QStringList known;
        for (const Param::Choice &choice : param().choices())
            known << toQString(choice.value);
        auto *completer = new QCompleter(known, m_edit);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        completer->setFilterMode(Qt::MatchContains);
        m_edit->setCompleter(completer);
    }
    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::editingFinished, this, &LineField::commit);
}

QWidget *LineField::buddy()
{
    return m_edit;
}

void LineField::show(const YamlNode *node)
{
    const bool edited = isEdited() && m_edit->hasFocus();
    m_applied = field::scalar(node);
    if (!edited)
        m_edit->setText(m_applied);
}

bool LineField::isEdited() const
{
    return m_edit->text() != m_applied;
}

QString LineField::objection(const QString &text) const
{
    if (text.isEmpty())
        return {};
    const bool isNumber = param().type() == Param::Type::Number;
    bool sound = true;
    const double number = text.toDouble(&sound);
    if (isNumber && !sound)
        return tr("Write a number, like 12.5.");
    const QLocale locale;
    if (isNumber && param().lowest() && number < *param().lowest())
        return tr("At least %1.").arg(locale.toString(*param().lowest()));
    if (isNumber && param().highest() && number > *param().highest())
        return tr("At most %1.").arg(locale.toString(*param().highest()));
    if (!param().pattern().empty() &&
        !QRegularExpression(toQString(param().pattern())).match(text).hasMatch())
        return toQString(param().patternHint());
    return {};
}

void LineField::commit()
{
    if (!isEdited())
        return;
    const QString text = m_edit->text();
    const QString reason = objection(text);
    Q_EMIT objected(reason);
    if (!reason.isEmpty())
        return;
    m_applied = text;
    if (text.isEmpty())
        Q_EMIT committed({}, field::none());
    else
        Q_EMIT committed({}, param().type() == Param::Type::Number ? field::number(text)
                                                                   : field::text(text));
}

bool LineField::eventFilter(QObject *watched, QEvent *event)
{
    if (isEscape(event) && isEdited()) {
        m_edit->setText(m_applied);
        Q_EMIT objected({});
        return true;
    }
    return FieldEditor::eventFilter(watched, event);
}

LongTextField::LongTextField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent), m_edit(filled(this, new QPlainTextEdit))
{
    m_edit->setFixedHeight(84);
    m_edit->setTabChangesFocus(true);
    m_edit->setPlaceholderText(toQString(param().placeholderText()));
    m_edit->installEventFilter(this);
}

QWidget *LongTextField::buddy()
{
    return m_edit;
}

void LongTextField::show(const YamlNode *node)
{
    const bool edited = isEdited() && m_edit->hasFocus();
    m_applied = field::scalar(node);
    if (!edited)
        m_edit->setPlainText(m_applied);
}

bool LongTextField::isEdited() const
{
    return m_edit->toPlainText() != m_applied;
}

void LongTextField::commit()
{
    if (!isEdited())
        return;
    m_applied = m_edit->toPlainText();
    Q_EMIT committed({}, m_applied.isEmpty() ? field::none() : field::text(m_applied));
}

bool LongTextField::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusOut)
        commit();
    if (isEscape(event) && isEdited()) {
        m_edit->setPlainText(m_applied);
        return true;
    }
    return FieldEditor::eventFilter(watched, event);
}

IntegerField::IntegerField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent), m_spin(filled(this, new QSpinBox))
{
    constexpr double kMost = std::numeric_limits<int>::max();
    m_spin->setFixedHeight(kFieldHeight);
    m_spin->setRange(static_cast<int>(std::max(-kMost, param().lowest().value_or(0))),
                     static_cast<int>(std::min(kMost, param().highest().value_or(kMost))));
    m_spin->setKeyboardTracking(false);
    m_spin->setGroupSeparatorShown(true);
    connect(m_spin, &QSpinBox::valueChanged, this, &IntegerField::commit);
}

QWidget *IntegerField::buddy()
{
    return m_spin;
}

void IntegerField::show(const YamlNode *node)
{
    const QSignalBlocker quiet(m_spin);
    m_spin->setValue(field::scalar(node, defaultText()).toInt());
    m_applied = m_spin->value();
}

bool IntegerField::isEdited() const
{
    return m_spin->value() != m_applied;
}

void IntegerField::commit()
{
    m_spin->interpretText();
    if (!isEdited())
        return;
    m_applied = m_spin->value();
    const bool isDefault = QString::number(m_applied) == defaultText();
    Q_EMIT committed({}, isDefault ? field::none() : field::integer(m_applied));
}

SwitchField::SwitchField(const Param &given, QWidget *parent)
    : FieldEditor(given, parent), m_switch(filled(this, new Switch))
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_switch, &Switch::toggled, this, [this](bool on) {
        const bool isDefault = on == (defaultText() == QLatin1String("true"));
        Q_EMIT committed({}, isDefault ? field::none() : field::flag(on));
    });
}

QWidget *SwitchField::buddy()
{
    return m_switch;
}

void SwitchField::show(const YamlNode *node)
{
    const QSignalBlocker quiet(m_switch);
    m_switch->setChecked(field::scalar(node, defaultText()) == QLatin1String("true"));
}

ChoiceField::ChoiceField(const Param &given, std::vector<Param::Choice> choices, QWidget *parent)
    : FieldEditor(given, parent), m_choices(std::move(choices))
{
    constexpr int kSegmentLetters = 26;
    QStringList titles;
    for (const Param::Choice &choice : m_choices)
        titles << toQString(choice.title.empty() ? choice.value : choice.title);
    const bool few = titles.size() > 1 && titles.size() <= 4 &&
                     titles.join(QString()).size() <= kSegmentLetters && param().defaultText();
    if (few) {
        m_segments = filled(this, new SegmentedControl(titles));
        m_segments->setStretched(true);
        connect(m_segments, &SegmentedControl::currentChanged, this, &ChoiceField::choose);
    } else {
        m_combo = filled(this, new QComboBox);
        m_combo->setFixedHeight(kFieldHeight);
        m_combo->addItems(titles);
        m_combo->setPlaceholderText(tr("Choose"));
        m_combo->setCurrentIndex(-1);
        connect(m_combo, &QComboBox::activated, this, &ChoiceField::choose);
    }
}

QWidget *ChoiceField::buddy()
{
    return m_combo ? static_cast<QWidget *>(m_combo) : m_segments;
}

void ChoiceField::show(const YamlNode *node)
{
    m_applied = field::scalar(node, defaultText());
    int index = -1;
    for (std::size_t i = 0; i < m_choices.size(); ++i) {
        if (toQString(m_choices[i].value) == m_applied)
            index = static_cast<int>(i);
    }
    const QSignalBlocker quiet(buddy());
    if (m_segments)
        m_segments->setCurrentIndex(index);
    else
        m_combo->setCurrentIndex(index);
}

void ChoiceField::choose(int index)
{
    if (index < 0 || index >= static_cast<int>(m_choices.size()))
        return;
    const QString value = toQString(m_choices[static_cast<std::size_t>(index)].value);
    if (value == m_applied)
        return;
    m_applied = value;
    Q_EMIT committed({}, value == defaultText() ? field::none() : field::text(value));
}

SecretHint::SecretHint(const Param &given, QWidget *parent) : FieldEditor(given, parent)
{
    auto *hint = filled(this, new QLabel(tr("Kept in the keychain or in an environment variable, "
                                            "never in the file.")));
    hint->setWordWrap(true);
    hint->setFont(fonts::sans(fonts::Size::Second));
}

} // namespace tw
