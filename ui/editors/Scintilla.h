// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// QScintilla's headers use the short keywords that this project switches off.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#include <Qsci/qscicommandset.h>
#include <Qsci/qscilexerjson.h>
#include <Qsci/qscilexeryaml.h>
#include <Qsci/qsciscintilla.h>
#undef signals
#undef slots
