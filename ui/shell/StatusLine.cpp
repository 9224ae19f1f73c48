// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/StatusLine.h"

#include "core/base/Text.h"
#include "ui/models/FlowModel.h"
#include "ui/panels/StatusBar.h"

#include <QCoreApplication>
#include <QLocale>

namespace tw {
namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("StatusLine", text);
}

} // namespace

void showStatus(StatusBar &bar, const StatusFacts &facts)
{
    using Part = StatusBar::Part;
    const FlowModel *model = facts.model;
    if (!model) {
        for (const Part part :
             {Part::Problems, Part::Changes, Part::Schema, Part::Steps, Part::Zoom})
            bar.set(part, {});
        bar.set(Part::Runner, say("Runner idle"), QStringLiteral("hdd"));
        return;
    }
    const QLocale locale;
    const auto problems = static_cast<int>(model->problems().size());
    const bool errors = hasErrors(model->problems());
    bar.set(Part::Problems,
            problems == 0   ? say("No problems")
            : problems == 1 ? say("1 problem")
                            : say("%1 problems").arg(locale.toString(problems)),
            problems == 0 ? QStringLiteral("check-circle-fill")
                          : QStringLiteral("exclamation-triangle-fill"),
            problems == 0 ? Token::Ok
            : errors      ? Token::Err
                          : Token::Warn,
            say("Show the problems"));
    const int dirty = facts.dirtyFlows;
    bar.set(Part::Changes,
            dirty == 0   ? say("All changes saved")
            : dirty == 1 ? say("Unsaved changes in 1 flow")
                         : say("Unsaved changes in %1 flows").arg(dirty),
            dirty == 0 ? QStringLiteral("check2-square") : QStringLiteral("pencil"), Token::Text2,
            say("Save all flows"));
    bar.set(Part::Runner, facts.running ? say("Runner busy, 1 flow") : say("Runner idle"),
            QStringLiteral("hdd"), facts.running ? Token::Accent : Token::Text2,
            say("Show the run"));
    bar.set(Part::Schema, toQString(model->flow().schema), {}, Token::Text2, say("Show the file"));
    const auto steps = static_cast<int>(model->flow().steps.size());
    bar.set(Part::Steps, steps == 1 ? say("1 step") : say("%1 steps").arg(locale.toString(steps)),
            {}, Token::Text2, say("Fit the flow"));
    bar.set(Part::Zoom, say("%1%").arg(qRound(facts.zoom * 100)), {}, Token::Text2,
            say("Zoom to 100%"));
}

} // namespace tw
