// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QsciScintilla;

namespace tw::editor_look {

/// Face, spacing, margins and colours that code views share. Call again when the theme changes.
void apply(QsciScintilla &editor);

} // namespace tw::editor_look
