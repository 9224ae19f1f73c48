// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ConnectionRow.h"

#include "core/base/Text.h"
#include "ui/base/Theme.h"
#include "ui/forms/TextLabel.h"

#include <QComboBox>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace tw {

ConnectionRow::ConnectionRow(QWidget *parent)
    : QWidget(parent), m_choice(new QComboBox), m_help(new TextLabel({}, Token::Text3))
{
    m_choice->setFixedHeight(32);
    m_choice->setAccessibleName(tr("Connection"));
    m_help->setWordWrap(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(new TextLabel(tr("Connection"), Token::Text2));
    column->addWidget(m_choice);
    column->addWidget(m_help);
    connect(m_choice, &QComboBox::activated, this, [this] {
        const QString name = m_choice->currentData().toString();
        if (name != m_name)
            Q_EMIT chosen(name);
    });
}

void ConnectionRow::show(const FlowStep &step, const NodeDescriptor *node,
                         const std::map<std::string, std::string> &known)
{
    setVisible(node && !node->connection.empty());
    if (!node || node->connection.empty())
        return;
    const QSignalBlocker quiet(m_choice);
    m_choice->clear();
    const QIcon plug = Icons::icon(QStringLiteral("plug"), Token::Ok);
    for (const auto &[name, type] : known) {
        if (type == node->connection)
            m_choice->addItem(plug, toQString(name), toQString(name));
    }
    m_name = toQString(step.connection);
    m_choice->setCurrentIndex(m_choice->findData(m_name));
    m_choice->setPlaceholderText(m_name.isEmpty() ? tr("Choose") : m_name);
    const bool found = m_choice->currentIndex() >= 0;
    m_help->setToken(found ? Token::Text3 : Token::Err);
    m_help->setText(
        found ? tr("Runs here go to the double on this machine.")
              : tr("Choose a connection of the type %1.").arg(toQString(node->connection)));
}

} // namespace tw
