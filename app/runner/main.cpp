// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "core/connector/Registry.h"
#include "core/runtime/Connectors.h"

#include <QCoreApplication>
#include <csignal>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    ::umask(077); // What it keeps holds events: for its owner alone.
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("tidewire"));
    QCoreApplication::setApplicationVersion(QStringLiteral(TIDEWIRE_VERSION));
    const tw::Registry registry(tw::allConnectors());
    return tw::runner::runCommandLine(argc, argv, registry);
}
