// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

/// One log category per folder, `tw.<folder>`. Levels say what an operator should do: critical =
/// act, warning = look, info = done what you asked, debug = for us. Never a secret or a payload.
namespace tw::log {

Q_DECLARE_LOGGING_CATEGORY(data)
Q_DECLARE_LOGGING_CATEGORY(flow)
Q_DECLARE_LOGGING_CATEGORY(net)
Q_DECLARE_LOGGING_CATEGORY(store)
Q_DECLARE_LOGGING_CATEGORY(engine)
Q_DECLARE_LOGGING_CATEGORY(connector)
Q_DECLARE_LOGGING_CATEGORY(runtime)
Q_DECLARE_LOGGING_CATEGORY(ui)

} // namespace tw::log
