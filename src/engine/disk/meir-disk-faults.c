/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-disk-faults.h"

const MeirDiskFaults *meir_disk_faults;
