// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/RowSum.h"
#include "core/store/Sqlite.h"

#include <span>
#include <string>

// Sums of rows as they stand in the file, sealed or not (since version 5). Bodies and steps have
// sums of their own, over what they mean: see bodySum(), stepSum().
namespace tw::sqlite {

struct SummedTable
{
    const char *name;
    const char *thing;   ///< "dead letter": how a person calls a row.
    const char *key;     ///< Its columns of identity.
    const char *columns; ///< All that the sum covers, the key first.
};

std::span<const SummedTable> summedTables();

/// Gives the connection what statements with sums need; `sum` must outlive it.
void addRowSum(Database &database, RowSum &sum);

/// Keeps the sums true: a row that is added or changed gets the sum of what it then is. One that did
/// not match before, or had no sum, stays as it is in that: a change does not make damage good.
Result<void> keepSums(Database &database);

/// A condition: the row of `table` has a sum and is not what it was when it got it.
std::string isChanged(const std::string &table);

} // namespace tw::sqlite
