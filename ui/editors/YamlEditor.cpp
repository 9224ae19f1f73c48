// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/YamlEditor.h"

#include "core/base/Text.h"
#include "ui/base/Icons.h"
#include "ui/base/Theme.h"
#include "ui/editors/EditorLook.h"

#include <QScopedValueRollback>

#include <algorithm>

namespace tw {

namespace {

constexpr int kErrorMark = 1;
constexpr int kWarningMark = 2;
constexpr int kErrorLine = 8;
constexpr int kWarningLine = 9;
constexpr int kDwellMs = 350;

struct Difference
{
    std::size_t at;
    std::size_t removed;
    std::string inserted;
};

bool isContinuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// What turns `before` into `after`, cut at whole characters.
Difference difference(const std::string &before, const std::string &after)
{
    const std::size_t shorter = std::min(before.size(), after.size());
    std::size_t head = 0;
    while (head < shorter && before[head] == after[head])
        ++head;
    while (head > 0 && head < before.size() && isContinuation(before[head]))
        --head;
    std::size_t tail = 0;
    while (tail < shorter - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    while (tail > 0 && isContinuation(before[before.size() - tail]))
        --tail;
    return {head, before.size() - head - tail, after.substr(head, after.size() - head - tail)};
}

} // namespace

YamlEditor::YamlEditor(QWidget *parent) : QsciScintilla(parent)
{
    setUtf8(true);
    setLexer(new QsciLexerYAML(this));
    setMarginType(0, NumberMargin);
    setMarginWidth(0, 44);
    setMarginType(1, SymbolMargin);
    setMarginWidth(1, 18);
    setTabWidth(2);
    setIndentationsUseTabs(false);
    setAutoIndent(true);
    setBackspaceUnindents(true);
    setEolMode(EolUnix);
    setCaretLineVisible(true);
    setAccessibleName(tr("Flow as YAML"));
    indicatorDefine(SquiggleIndicator, kErrorLine);
    indicatorDefine(SquiggleIndicator, kWarningLine);
    SendScintilla(SCI_SETUNDOCOLLECTION, 0UL);
    SendScintilla(SCI_SETSCROLLWIDTHTRACKING, 1UL);
    SendScintilla(SCI_SETSCROLLWIDTH, 10UL);
    SendScintilla(SCI_SETMOUSEDWELLTIME, static_cast<unsigned long>(kDwellMs));
    // These belong to the window: undo is the document's, and a tab leaves through Ctrl+Tab.
    for (const QsciCommand::Command command : {QsciCommand::Undo, QsciCommand::Redo})
        standardCommands()->find(command)->setKey(0);
    const auto recolor = [this] {
        editor_look::apply(*this);
        const Theme &theme = Theme::current();
        setIndicatorForegroundColor(theme.color(Token::Err), kErrorLine);
        setIndicatorForegroundColor(theme.color(Token::Warn), kWarningLine);
        Icons &icons = Theme::current().icons();
        markerDefine(icons.pixmap(QStringLiteral("x-circle-fill"), 12, theme.color(Token::Err), 1),
                     kErrorMark);
        markerDefine(icons.pixmap(QStringLiteral("exclamation-circle-fill"), 12,
                                  theme.color(Token::Warn), 1),
                     kWarningMark);
    };
    recolor();
    connect(&Theme::current(), &Theme::changed, this, recolor);
    connect(this, &QsciScintilla::textChanged, this, &YamlEditor::typed);
    connect(this, &QsciScintillaBase::SCN_DWELLSTART, this,
            [this](int position, int, int) { tellProblem(position); });
    connect(this, &QsciScintillaBase::SCN_DWELLEND, this,
            [this](int, int, int) { SendScintilla(SCI_CALLTIPCANCEL); });
}

void YamlEditor::setModel(FlowModel *model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    setReadOnly(model == nullptr);
    if (!model) {
        const QScopedValueRollback taking(m_taking, true);
        setText({});
        return;
    }
    connect(model, &FlowModel::changed, this, &YamlEditor::takeOver);
    connect(model, &FlowModel::problemsChanged, this, &YamlEditor::markProblems);
    takeOver();
    markProblems();
}

void YamlEditor::goTo(int line, int column)
{
    setCursorPosition(std::max(0, line - 1), std::max(0, column - 1));
    ensureLineVisible(std::max(0, line - 1));
    setFocus();
}

void YamlEditor::typed()
{
    if (m_taking || !m_model)
        return;
    const std::string now = toUtf8(text());
    const Difference change = difference(m_model->document().text(), now);
    if (change.removed == 0 && change.inserted.empty())
        return;
    const QScopedValueRollback taking(m_taking, true);
    m_model->apply(edit::ReplaceText{change.at, change.removed, change.inserted},
                   QStringLiteral("yaml"));
}

void YamlEditor::takeOver()
{
    if (m_taking || !m_model)
        return;
    const std::string &wanted = m_model->document().text();
    const Difference change = difference(toUtf8(text()), wanted);
    if (change.removed == 0 && change.inserted.empty())
        return;
    const QScopedValueRollback taking(m_taking, true);
    SendScintilla(SCI_SETTARGETSTART, static_cast<unsigned long>(change.at));
    SendScintilla(SCI_SETTARGETEND, static_cast<unsigned long>(change.at + change.removed));
    SendScintilla(SCI_REPLACETARGET, static_cast<uintptr_t>(change.inserted.size()),
                  change.inserted.c_str());
}

void YamlEditor::markProblems()
{
    markerDeleteAll(kErrorMark);
    markerDeleteAll(kWarningMark);
    const int lastLine = std::max(0, lines() - 1);
    clearIndicatorRange(0, 0, lastLine, lineLength(lastLine), kErrorLine);
    clearIndicatorRange(0, 0, lastLine, lineLength(lastLine), kWarningLine);
    if (!m_model)
        return;
    for (const Diagnostic &problem : m_model->problems()) {
        if (problem.line < 1 || problem.line > lines())
            continue;
        const bool isError = problem.severity == Severity::Error;
        const int line = problem.line - 1;
        markerAdd(line, isError ? kErrorMark : kWarningMark);
        const int end = static_cast<int>(text(line).trimmed().size() +
                                         text(line).indexOf(text(line).trimmed()));
        fillIndicatorRange(line, std::max(0, problem.column - 1), line,
                           std::max(problem.column, end), isError ? kErrorLine : kWarningLine);
    }
}

void YamlEditor::tellProblem(int position)
{
    if (!m_model || position < 0)
        return;
    int line = 0;
    int column = 0;
    lineIndexFromPosition(position, &line, &column);
    std::string words;
    for (const Diagnostic &problem : m_model->problems()) {
        if (problem.line == line + 1)
            words += (words.empty() ? "" : "\n") + problem.message +
                     (problem.fix.empty() ? "" : "\n" + problem.fix);
    }
    if (!words.empty())
        SendScintilla(SCI_CALLTIPSHOW, static_cast<uintptr_t>(position), words.c_str());
}

} // namespace tw
