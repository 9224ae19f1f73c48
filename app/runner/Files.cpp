// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Files.h"

#include "core/base/Text.h"

#include <QFile>

namespace tw::runner {

Result<std::string> readInput(const std::string &path)
{
    QFile file;
    const bool fromStdin = path == "-";
    if (!fromStdin)
        file.setFileName(toQString(path));
    const bool opened = fromStdin ? file.open(stdin, QIODevice::ReadOnly)
                                  : file.open(QIODevice::ReadOnly);
    if (!opened) {
        return transientError("runner.cannot_read", "Cannot read " + path + ": "
                                                        + toUtf8(file.errorString()) + ".");
    }
    return file.readAll().toStdString();
}

std::string folderName(std::string path)
{
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

} // namespace tw::runner
