"""sample.py LIBRARY TRACK.json [CLIP] - liborator from Python, through ctypes alone."""
import ctypes as c
import sys

PROGRESS = c.CFUNCTYPE(c.c_bool, c.c_void_p, c.c_void_p)
CANCELLED = -9


class Params(c.Structure):
    _fields_ = [("on_log", c.c_void_p), ("on_progress", PROGRESS), ("user", c.c_void_p),
                ("log_level", c.c_int), ("n_threads", c.c_int)]


lib = c.CDLL(sys.argv[1])
lib.orator_context_params_default.restype = Params
lib.orator_last_error.restype = c.c_char_p

track = c.c_void_p()
rate = (c.c_int64(25), c.c_int64(1))
assert lib.orator_motion_track_create(c.byref(track), c.c_int64(4), *rate) == 0
assert lib.orator_motion_track_save(track, sys.argv[2].encode()) == 0, lib.orator_last_error()
lib.orator_motion_track_destroy(c.byref(track))

if len(sys.argv) > 3:
    params = lib.orator_context_params_default()
    params.on_progress = PROGRESS(lambda user, progress: False)
    context, json = c.c_void_p(), c.c_void_p()
    assert lib.orator_context_open(c.byref(context), c.byref(params)) == 0
    status = lib.orator_inspect(c.byref(json), context, sys.argv[3].encode())
    lib.orator_context_close(c.byref(context))
    assert status == CANCELLED and not json, (status, lib.orator_last_error())
