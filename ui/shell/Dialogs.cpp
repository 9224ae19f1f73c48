// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/Dialogs.h"

#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/commands/ActionCatalogue.h"
#include "ui/forms/TextLabel.h"

#include <QAction>
#include <QDialog>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace tw::dialogs {

namespace {

struct Frame
{
    QDialog *dialog;
    QVBoxLayout *body;
    QHBoxLayout *buttons;
};

Frame frame(QWidget *parent, const QString &title)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(24, 20, 24, 16);
    layout->setSpacing(12);
    layout->addWidget(new TextLabel(title, Token::Text, fonts::Size::Panel, QFont::DemiBold));
    auto *body = new QVBoxLayout;
    layout->addLayout(body);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    layout->addSpacing(4);
    layout->addLayout(buttons);
    return {dialog, body, buttons};
}

QPushButton *addButton(Frame &frame, const QString &text, ButtonRole role,
                       std::function<void()> action)
{
    QPushButton *button = makeButton(text, {}, role);
    frame.buttons->addWidget(button);
    QObject::connect(button, &QPushButton::clicked, frame.dialog,
                     [dialog = frame.dialog, action = std::move(action)] {
                         dialog->close();
                         if (action)
                             action();
                     });
    return button;
}

void addWords(Frame &frame, const QString &words)
{
    auto *label = new TextLabel(words, Token::Text2);
    label->setWordWrap(true);
    label->setMinimumWidth(380);
    frame.body->addWidget(label);
}

void openFiles(QWidget *parent, QFileDialog::FileMode mode, const QString &title,
               std::function<void(QString)> chosen)
{
    auto *dialog = new QFileDialog(parent, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    if (mode == QFileDialog::Directory)
        dialog->setOption(QFileDialog::ShowDirsOnly);
    else
        dialog->setNameFilter(QFileDialog::tr("Flows (*.flow.yaml *.yaml)"));
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, std::move(chosen));
    dialog->open();
}

} // namespace

void askUnsaved(QWidget *parent, const QStringList &files, std::function<void(Unsaved)> answer)
{
    const bool one = files.size() == 1;
    Frame ask = frame(parent, one ? QDialog::tr("Save changes to %1?").arg(files.front())
                                  : QDialog::tr("Save changes to %1 flows?").arg(files.size()));
    addWords(ask, one ? QDialog::tr("What you changed since the last save is lost otherwise.")
                      : files.join(QLatin1Char('\n')));
    addButton(ask, QDialog::tr("Cancel"), ButtonRole::Quiet, {});
    addButton(ask, QDialog::tr("Discard changes"), ButtonRole::Secondary,
              [answer] { answer(Unsaved::Discard); });
    addButton(ask, QDialog::tr("Save"), ButtonRole::Primary, [answer] {
        answer(Unsaved::Save);
    })->setDefault(true);
    ask.dialog->open();
}

void askText(QWidget *parent, const QString &title, const QString &text, bool manyLines,
             std::function<void(QString)> answer)
{
    Frame ask = frame(parent, title);
    std::function<QString()> typed;
    if (manyLines) {
        auto *edit = new QPlainTextEdit(text);
        edit->setMinimumSize(420, 160);
        edit->setTabChangesFocus(true);
        edit->setAccessibleName(title);
        edit->selectAll();
        typed = [edit] { return edit->toPlainText().trimmed(); };
        ask.body->addWidget(edit);
        addWords(ask, QDialog::tr("A first line in **bold** becomes the title."));
    } else {
        auto *edit = new QLineEdit(text);
        edit->setMinimumWidth(320);
        edit->setAccessibleName(title);
        edit->selectAll();
        typed = [edit] { return edit->text().trimmed(); };
        ask.body->addWidget(edit);
    }
    addButton(ask, QDialog::tr("Cancel"), ButtonRole::Quiet, {});
    addButton(ask, QDialog::tr("Apply"), ButtonRole::Primary, [typed, text, answer] {
        if (const QString now = typed(); !now.isEmpty() && now != text)
            answer(now);
    })->setDefault(true);
    ask.dialog->open();
}

void tell(QWidget *parent, const QString &title, const QString &text)
{
    Frame say = frame(parent, title);
    addWords(say, text);
    addButton(say, QDialog::tr("Close"), ButtonRole::Primary, {})->setDefault(true);
    say.dialog->open();
}

void showShortcuts(QWidget *parent, const ActionCatalogue &actions)
{
    Frame list = frame(parent, QDialog::tr("Keyboard shortcuts"));
    auto *table = new QWidget;
    auto *grid = new QGridLayout(table);
    grid->setHorizontalSpacing(32);
    int row = 0;
    const auto add = [&](const QString &what, const QString &keys) {
        grid->addWidget(new TextLabel(what, Token::Text), row, 0);
        auto *right = new TextLabel(keys, Token::Text2);
        right->setFont(fonts::mono());
        grid->addWidget(right, row++, 1);
    };
    for (const QAction *action : actions.all()) {
        if (!action->shortcut().isEmpty())
            add(action->text(), action->shortcut().toString(QKeySequence::NativeText));
    }
    add(QDialog::tr("Add a step (canvas)"), QStringLiteral("Tab"));
    add(QDialog::tr("Connect from the focused step (canvas)"), QStringLiteral("C"));
    add(QDialog::tr("Switch off or on (canvas)"), QStringLiteral("D"));
    add(QDialog::tr("Add a note (canvas)"), QStringLiteral("N"));
    add(QDialog::tr("Group the selection (canvas)"), QStringLiteral("G"));
    add(QDialog::tr("Fit the flow (canvas)"), QStringLiteral("1"));
    add(QDialog::tr("Fit the selection (canvas)"), QStringLiteral("Shift+1"));
    add(QDialog::tr("Delete, joining the neighbours (canvas)"), QStringLiteral("Ctrl+Delete"));
    auto *area = new QScrollArea;
    area->setWidget(table);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setMinimumSize(440, 420);
    list.body->addWidget(area);
    addButton(list, QDialog::tr("Close"), ButtonRole::Primary, {})->setDefault(true);
    list.dialog->open();
}

void showAbout(QWidget *parent, const QString &version)
{
    tell(parent, QDialog::tr("Tidewire %1").arg(version),
         QDialog::tr("Draw flows between payments and CRM, try them against doubles on this "
                     "machine, hand them over.\n\nGPL-3.0-or-later. Icons: Bootstrap Icons (MIT). "
                     "Fonts: Inter and JetBrains Mono (OFL)."));
}

void chooseFolder(QWidget *parent, std::function<void(QString)> chosen)
{
    openFiles(parent, QFileDialog::Directory, QDialog::tr("Open project folder"),
              std::move(chosen));
}

void chooseFlow(QWidget *parent, std::function<void(QString)> chosen)
{
    openFiles(parent, QFileDialog::ExistingFile, QDialog::tr("Open flow"), std::move(chosen));
}

} // namespace tw::dialogs
