// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/StepWords.h"

#include "core/base/Text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace tw::words {

namespace {

QString tr(const char *text, int count = -1)
{
    return QCoreApplication::translate("tw::words", text, nullptr, count);
}

QString counted(int count, const QString &what)
{
    return QLocale().toString(count) + QLatin1Char(' ') + what;
}

// "repeat dropped" for several: "repeats dropped". Notes are "<noun> <participle>".
QString several(const std::string &note, int count)
{
    QString words = toQString(note);
    const qsizetype blank = words.indexOf(QLatin1Char(' '));
    if (count != 1 && blank > 0 && !words.left(blank).endsWith(QLatin1Char('s')))
        words.insert(blank, QLatin1Char('s'));
    return words;
}

} // namespace

StepKind kindOf(const NodeDescriptor *node)
{
    if (!node)
        return StepKind::Utility;
    switch (node->kind) {
    case NodeKind::Trigger:
        return StepKind::Trigger;
    case NodeKind::Logic:
        return StepKind::Logic;
    case NodeKind::Map:
        return StepKind::Map;
    case NodeKind::Action:
        return StepKind::Action;
    case NodeKind::Failure:
        return StepKind::Failure;
    case NodeKind::Decide:
        return StepKind::Decide;
    case NodeKind::Utility:
        break;
    }
    return StepKind::Utility;
}

QString iconOf(const NodeDescriptor *node)
{
    return node && !node->icon.empty() ? toQString(node->icon) : QStringLiteral("question-circle");
}

QString titleOf(const FlowStep &step, const NodeDescriptor *node)
{
    if (!step.name.empty())
        return toQString(step.name);
    return node ? toQString(node->title) : toQString(step.id);
}

QString labelOf(const NodeDescriptor *node)
{
    if (!node)
        return tr("Unknown step");
    return toQString(node->label.empty() ? node->title : node->label);
}

QString kindName(StepKind kind)
{
    switch (kind) {
    case StepKind::Trigger:
        return tr("Trigger");
    case StepKind::Logic:
        return tr("Decide");
    case StepKind::Map:
        return tr("Shape data");
    case StepKind::Action:
        return tr("Action");
    case StepKind::Failure:
        return tr("When it fails");
    case StepKind::Decide:
        return tr("Person");
    case StepKind::Utility:
        break;
    }
    return tr("Utility");
}

QString span(std::chrono::microseconds time)
{
    const QLocale locale;
    const double ms = static_cast<double>(time.count()) / 1000.0;
    if (ms < 1)
        return tr("under 1 ms");
    if (ms < 1000)
        return tr("%1 ms").arg(locale.toString(qRound(ms)));
    if (ms < 60'000)
        return tr("%1 s").arg(locale.toString(ms / 1000, 'f', 2));
    const int seconds = static_cast<int>(ms / 1000);
    return tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString items(const StepRun &run)
{
    const QLocale locale;
    const int out = run.out;
    if (run.open > 0 && run.in > 0)
        return tr("%1 of %2").arg(locale.toString(run.in - run.open), locale.toString(run.in));
    const bool endsHere = out == 0 && run.dropped == 0 && run.failed == 0;
    if (out == run.in || run.in == 0 || endsHere)
        return locale.toString(run.in == 0 ? out : run.in);
    return locale.toString(run.in) + QStringLiteral(" \u2192 ") + locale.toString(out);
}

QString footer(const StepRun &run, const NodeDescriptor *node)
{
    const QLocale locale;
    const bool isTerminal = node && node->terminal;
    // What such a step says is somebody's own text, another one for every item.
    const bool saysFreely = isTerminal || (node && node->kind == NodeKind::Utility);
    if (run.open > 0) {
        const QString done = locale.toString(run.in - run.open);
        const QString all = locale.toString(run.in);
        return node && node->effect ? tr("%1 of %2 written").arg(done, all)
                                    : tr("%1 of %2 done").arg(done, all);
    }
    QStringList parts;
    if (run.failed > 0)
        parts << counted(run.failed, tr("failed"));
    if (run.waiting > 0)
        parts << counted(run.waiting, tr("waiting"));
    if (node && node->kind == NodeKind::Trigger)
        parts << counted(run.in, run.in == 1 ? tr("event") : tr("events"));
    if (const auto skipped = run.exits.find("skip"); skipped != run.exits.end())
        parts << counted(skipped->second, tr("skipped"));
    if (isTerminal)
        parts << counted(run.in, tr("kept"));
    else if (saysFreely && run.out > 0)
        parts << counted(run.out, tr("noted"));
    for (const auto &[note, count] : run.notes) {
        if (!saysFreely && run.notes.size() <= 2)
            parts << counted(count, several(note, count));
    }
    if (run.notes.empty() && run.dropped > 0)
        parts << counted(run.dropped, tr("dropped"));
    return parts.mid(0, 2).join(QStringLiteral(", "));
}

} // namespace tw::words
