// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QFrame>

#include <functional>
#include <optional>
#include <vector>

class QListWidget;

namespace tw {

class SearchField;

/// A search with its hits below it, over everything else: type, choose with the arrows, Enter.
/// Serves the command box and the quick-add list; what can be found comes from `source`.
class SearchPopup : public QFrame
{
    Q_OBJECT
public:
    struct Hit
    {
        QString text;
        QString detail; ///< Right, in grey: a shortcut, a group.
        QString icon;
        std::optional<StepKind> kind; ///< Drawn as a tile of this kind.
        std::function<void()> run;
    };
    using Source = std::function<std::vector<Hit>(const QString &words)>;

    SearchPopup(const QString &prompt, QWidget *parent);

    /// Opens with its top left corner at `corner` (global), kept on the screen.
    void open(Source source, const QPoint &corner, int width);
    SearchField &field() { return *m_field; }
    int hits() const { return static_cast<int>(m_hits.size()); }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void search(const QString &words);
    void take(int row);

    SearchField *m_field;
    QListWidget *m_list;
    Source m_source;
    std::vector<Hit> m_hits;
};

} // namespace tw
