// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Log.h"

namespace tw::log {

Q_LOGGING_CATEGORY(data, "tw.data", QtInfoMsg)
Q_LOGGING_CATEGORY(flow, "tw.flow", QtInfoMsg)
Q_LOGGING_CATEGORY(net, "tw.net", QtInfoMsg)
Q_LOGGING_CATEGORY(store, "tw.store", QtInfoMsg)
Q_LOGGING_CATEGORY(engine, "tw.engine", QtInfoMsg)
Q_LOGGING_CATEGORY(connector, "tw.connector", QtInfoMsg)
Q_LOGGING_CATEGORY(runtime, "tw.runtime", QtInfoMsg)
Q_LOGGING_CATEGORY(ui, "tw.ui", QtInfoMsg)

} // namespace tw::log
