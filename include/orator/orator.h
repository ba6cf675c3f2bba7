/*
 * orator.h - the whole public interface in one include.
 */
#ifndef ORATOR_ORATOR_H
#define ORATOR_ORATOR_H

#include "orator/context.h"
#include "orator/device.h"
#include "orator/inspect.h"
#include "orator/motion_track.h"
#include "orator/status.h"
#include "orator/subject.h"
#include "orator/version.h"

#endif /* ORATOR_ORATOR_H */
