#!/usr/bin/env python3
"""make_arkit_basis.py - how each ARKit shape moves the 68 landmarks of a generic face.

    tools/make_arkit_basis.py > src/host/formats/arkit_basis.c

Writes a neutral face of 68 landmarks and, for each of the 52 shapes at weight 1, a displacement of
each landmark, in millimetres of head space (x to the subject's left, y up, z out of the face).

Where the numbers come from. The neutral face is a rounded adult mean: eye fissures 30 mm wide and
9 mm open, 34 mm between their inner corners, nose 32 mm wide, mouth 52 mm wide, 120 mm from the
root of the nose to the chin, 138 mm from ear to ear. The lower jaw is a rigid body that turns
about the axis through both condyles, which lie just in front of the ears, and glides forward as
it opens; skin follows it by a share that falls from 1 at the chin to 0 at the ears. All other
shapes are the pull of one muscle or of one group, as displacements of the landmarks near its
insertion; the muscle is named beside each. Right shapes are the mirror images of left ones.
Standard library only; same output everywhere.
"""

import argparse
import math
import sys

SHAPES = """eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft
eyeWideLeft eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight
eyeSquintRight eyeWideRight jawForward jawLeft jawRight jawOpen mouthClose mouthFunnel mouthPucker
mouthLeft mouthRight mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft
mouthDimpleRight mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower
mouthShrugUpper mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight
mouthUpperUpLeft mouthUpperUpRight browDownLeft browDownRight browInnerUp browOuterUpLeft
browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight
tongueOut""".split()

# The landmark on the other side of the face.
MIRROR = (list(range(16, -1, -1)) + list(range(26, 16, -1)) + [27, 28, 29, 30] +
          [35, 34, 33, 32, 31] + [45, 44, 43, 42, 47, 46] + [39, 38, 37, 36, 41, 40] +
          [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55] + [64, 63, 62, 61, 60, 67, 66, 65])

# The middle and the left half; the right half is its mirror image.
NEUTRAL_LEFT = {
    8: (0, -90, 45), 9: (13, -88, 42), 10: (25, -83, 35), 11: (37, -74, 25), 12: (48, -61, 11),
    13: (57, -44, -5), 14: (63, -24, -18), 15: (67, -2, -27), 16: (69, 20, -33),
    22: (11, 44, 52), 23: (21, 50, 51), 24: (32, 52, 46), 25: (43, 49, 38), 26: (52, 42, 27),
    27: (0, 30, 52), 28: (0, 18, 59), 29: (0, 6, 67), 30: (0, -6, 75),
    33: (0, -16, 62), 34: (8, -15, 59), 35: (16, -12, 53),
    42: (17, 26, 38), 43: (25, 31, 42), 44: (36, 31, 40), 45: (47, 27, 31), 46: (36, 22, 38),
    47: (25, 22, 40),
    54: (26, -43, 43), 53: (16, -38, 52), 52: (6, -35, 58), 51: (0, -36.5, 59),
    57: (0, -52, 57), 56: (8, -51, 56), 55: (17, -48, 51),
    64: (22, -43, 45), 63: (8, -43, 53), 62: (0, -43, 54), 65: (8, -43, 53), 66: (0, -43, 54),
}

CONDYLE_Y, CONDYLE_Z = 15.0, -20.0  # axis of the lower jaw, mm
OPEN_DEGREES = 16.0                 # wide, not the most a jaw can do
OPEN_GLIDE = (0.0, -1.5, 4.0)       # of the condyle on the way, mm

# Share of the lower jaw's motion that the skin at a landmark takes part in.
JAW_SHARE = {
    8: 1.0, 9: 1.0, 10: 1.0, 11: 0.95, 12: 0.8, 13: 0.5, 14: 0.2, 15: 0.05,
    57: 0.97, 56: 0.92, 55: 0.72, 66: 0.97, 65: 0.9, 54: 0.42, 64: 0.45,
    53: 0.12, 52: 0.05, 51: 0.03, 63: 0.07, 62: 0.03,
}
LIPS = list(range(48, 68))
MEET = 0.3  # lips closed over an open jaw meet this far down the way of the lower lip


def both_sides(half):
    full = dict(half)
    for i, v in half.items():
        full.setdefault(MIRROR[i], (-v[0], v[1], v[2]) if isinstance(v, tuple) else v)
    return full


NEUTRAL = both_sides(NEUTRAL_LEFT)
SHARE = both_sides(JAW_SHARE)


def jaw_turn(i, degrees, glide):
    """Displacement of landmark i, were it bone of the lower jaw."""
    x, y, z = NEUTRAL[i]
    dy, dz = y - CONDYLE_Y, z - CONDYLE_Z
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (glide[0], c * dy - s * dz - dy + glide[1], s * dy + c * dz - dz + glide[2])


def jaw_move(move):
    """move(i) is the bone's displacement at landmark i."""
    return {i: tuple(share * v for v in move(i)) for i, share in SHARE.items()}


def jaw_open():
    d = jaw_move(lambda i: jaw_turn(i, OPEN_DEGREES, OPEN_GLIDE))
    for i, pull in ((54, 2.5), (64, 2.2), (55, 1.0), (53, 0.8)):  # the open ring draws corners in
        for k, sign in ((i, -1.0), (MIRROR[i], 1.0)):
            d[k] = (d[k][0] + sign * pull, d[k][1], d[k][2])
    return d


def mouth_close():
    """Orbicularis oris: undoes what jawOpen does to the lips, so that they meet part way down."""
    opened = jaw_open()
    meet = opened[66]
    return {i: tuple(MEET * m - v for m, v in zip(meet, opened[i])) for i in LIPS}


def jaw_left():
    # lateral glide: the bone yaws about the left condyle, the chin goes furthest
    return jaw_move(lambda i: (0.075 * (NEUTRAL[i][2] - CONDYLE_Z) + 4.0, 0.0,
                               -0.02 * NEUTRAL[i][0]))


def mouth_left():
    """Buccinator and zygomaticus of the left against the right: the whole mouth slides."""
    d = {}
    for i in LIPS:
        x = NEUTRAL[i][0]
        d[i] = (8.0, 0.0, -2.0 - 0.13 * x + (1.0 if abs(x) < 10 else 0.0))
    d.update({33: (1.0, 0, 0), 34: (0.8, 0, 0), 32: (0.8, 0, 0), 8: (1.2, 0, 0), 9: (1.0, 0, 0),
              7: (1.0, 0, 0)})
    return d


# Shapes that are their own mirror image: middle and left half.
MIDDLE = {
    "jawOpen": jaw_open(),
    "jawForward": jaw_move(lambda i: (0.0, -0.8, 7.0)),
    "mouthClose": mouth_close(),
    # orbicularis oris, outer ring: lips stand off as round the rim of a funnel
    "mouthFunnel": {54: (-7, 0, 3), 53: (-3.5, 3, 5.5), 52: (-1, 4, 7), 51: (0, 4, 7),
                    55: (-4, -3.5, 5.5), 56: (-1.5, -5, 7), 57: (0, -5, 7), 64: (-6, 0, 3.5),
                    63: (-2, 3.2, 5.5), 62: (0, 3.5, 6), 65: (-2, -4.2, 5.5), 66: (0, -4.5, 6),
                    9: (0, -0.6, 0.5), 8: (0, -0.6, 0.5)},
    # orbicularis oris, inner ring, with the incisive muscles: corners drawn together, lips shut
    "mouthPucker": {54: (-11, 0.3, 7), 53: (-7, 0.8, 8), 52: (-2, 1, 9), 51: (0, 0.6, 9),
                    55: (-7.5, -0.6, 8), 56: (-3.5, -1, 9), 57: (0, -1, 9), 64: (-10, 0.1, 7),
                    63: (-3.8, 0, 8.5), 62: (0, 0, 9), 65: (-3.8, 0, 8.5), 66: (0, 0, 9),
                    10: (-0.6, 0, 0.6), 9: (-0.3, 0.4, 0.6), 8: (0, 0.4, 0.6)},
    # orbicularis oris, marginal part: red of the lip turned in over the teeth
    "mouthRollLower": {57: (0, 5, -4), 56: (0, 4.6, -3.8), 55: (-0.6, 2.6, -2.4),
                       54: (-0.6, 0.3, -0.8),
                       66: (0, 0.6, -4.5), 65: (0, 0.5, -4), 64: (-0.6, 0.1, -1), 8: (0, 0.8, 0)},
    "mouthRollUpper": {51: (0, -4.2, -4), 52: (0, -4.4, -3.8), 53: (-0.6, -2.6, -2.4),
                       54: (-0.6, -0.3, -0.8), 62: (0, -0.6, -4.5), 63: (0, -0.5, -4),
                       64: (-0.6, -0.1, -1), 33: (0, -0.4, 0)},
    # mentalis: skin of the chin up, lower lip up and out
    "mouthShrugLower": {57: (0, 5, 2.5), 56: (0, 4.4, 2.2), 55: (0, 2.6, 1.2), 54: (0, -0.8, 0),
                        66: (0, 3, 2), 65: (0, 2.6, 1.8), 64: (0, -0.4, 0.2), 51: (0, 1.2, 0.8),
                        52: (0, 1.0, 0.7), 62: (0, 2.6, 1.2), 63: (0, 2.2, 1), 8: (0, 3.4, 1.2),
                        9: (0, 2.6, 0.9), 10: (0, 1.0, 0.3)},
    # upper lip pushed up and out by the lower
    "mouthShrugUpper": {51: (0, 3.4, 3.2), 52: (0, 3.2, 3), 53: (0, 2, 1.6), 54: (0, -0.5, 0.2),
                        62: (0, 2.6, 3), 63: (0, 2.2, 2.6), 64: (0, -0.2, 0.4), 66: (0, 2.0, 1.0),
                        65: (0, 1.7, 0.9), 33: (0, 0.9, 0.2), 34: (0, 0.6, 0.2)},
    # frontalis, medial part
    "browInnerUp": {22: (-0.6, 7.5, 0), 23: (0, 5.5, 0), 24: (0, 2.2, 0), 25: (0, 0.4, 0)},
    # air against buccinator
    "cheekPuff": {13: (3, 0, 1.5), 12: (5, 0, 2.5), 11: (4.5, 0, 2.2), 10: (2, 0, 1),
                  14: (1.2, 0, 0.6),
                  54: (0.4, 0, 1.6), 53: (0, 0.3, 1), 55: (0, -0.3, 1)},
    # no landmark lies on the tongue
    "tongueOut": {},
}

# Left shapes.
LEFT = {
    # orbicularis oculi, palpebral part: the upper lid does most of the way, over the eyeball
    "eyeBlinkLeft": {43: (0, -7.4, 0.8), 44: (0, -7.4, 0.8), 46: (-0.4, 1.6, 0.2),
                     47: (-0.4, 1.6, 0.2),
                     45: (-0.4, -0.6, 0), 42: (-0.2, -0.2, 0)},
    # lids follow the eyeball: levator palpebrae gives, the capsulopalpebral fascia pulls the lower
    "eyeLookDownLeft": {43: (0, -3.2, 0.4), 44: (0, -3.2, 0.4), 46: (0, -1.4, 0), 47: (0, -1.4, 0)},
    "eyeLookUpLeft": {43: (0, 1.5, -0.2), 44: (0, 1.5, -0.2), 46: (0, 0.7, 0), 47: (0, 0.7, 0)},
    # the cornea lifts the lid that it stands under
    "eyeLookInLeft": {43: (-0.4, 0.3, 0.4), 44: (-0.4, -0.3, -0.3)},
    "eyeLookOutLeft": {43: (0.4, -0.3, -0.3), 44: (0.4, 0.3, 0.4)},
    # orbicularis oculi, tarsal part
    "eyeSquintLeft": {46: (0, 2.8, 0.3), 47: (0, 2.4, 0.3), 43: (0, -1.2, 0.1), 44: (0, -1.4, 0.1),
                      45: (-0.6, 0, 0)},
    # levator palpebrae superioris
    "eyeWideLeft": {43: (0, 2.6, -0.4), 44: (0, 2.6, -0.4), 46: (0, -0.5, 0), 47: (0, -0.5, 0)},
    "jawLeft": jaw_left(),
    "mouthLeft": mouth_left(),
    # zygomaticus major: up, out and back along the cheek bone; the cheek pushes the lower lid
    "mouthSmileLeft": {54: (7, 8, -5), 53: (5, 4.6, -3.5), 52: (2, 1.6, -1.5), 51: (0.5, 0.4, -0.6),
                       55: (5, 5.6, -3.5), 56: (2, 2, -1.5), 57: (0.5, 0.6, -0.5),
                       64: (6.4, 7, -4.6), 63: (2.4, 1.8, -1.6), 65: (2.4, 2.2, -1.6),
                       62: (0.5, 0.4, -0.6), 66: (0.5, 0.6, -0.6), 35: (1, 0.8, -0.4),
                       46: (0, 0.6, 0), 47: (0, 0.4, 0), 12: (0.8, 0.8, 0), 11: (0.6, 0.8, 0)},
    # depressor anguli oris
    "mouthFrownLeft": {54: (1, -8, -1.5), 53: (0.6, -3.4, -0.8), 52: (0, -0.8, 0),
                       55: (1, -5, -0.8),
                       56: (0.2, -1.4, 0), 64: (1, -7, -1.2), 63: (0, -0.9, 0), 65: (0, -1.3, 0),
                       10: (0, -0.4, 0)},
    # buccinator and risorius: the corner goes back into the cheek
    "mouthDimpleLeft": {54: (4, 0.6, -5.5), 53: (2.2, 0.4, -2.6), 52: (0.8, 0, -0.8),
                        55: (2.2, 0.4, -2.6), 56: (0.8, 0, -0.8), 64: (3.8, 0.5, -5),
                        63: (0.9, 0, -0.9), 65: (0.9, 0, -0.9), 12: (-0.6, 0, -0.4)},
    # risorius and platysma: sideways and down
    "mouthStretchLeft": {54: (8.5, -3.5, -3), 53: (4.6, -1.6, -2), 52: (1.6, -0.2, -0.6),
                         55: (5.4, -3.4, -2), 56: (2.2, -1.8, -0.8), 57: (0.4, -0.8, 0),
                         64: (7.5, -3, -2.6), 63: (2.2, -0.3, -0.9), 65: (2.4, -1.8, -0.9),
                         66: (0.4, -0.8, 0), 11: (0.8, -1, 0), 10: (0.5, -1, 0),
                         12: (0.9, -0.8, 0)},
    # orbicularis oris against the teeth: lips thinner on this side
    "mouthPressLeft": {54: (-0.8, 0, -1), 53: (-0.3, -1.6, -1.6), 52: (0, -2.2, -1.8),
                       51: (0, -1.2, -0.9), 55: (-0.3, 1.8, -1.6), 56: (0, 2.4, -1.8),
                       57: (0, 1.3, -0.9), 64: (-0.8, 0, -1.4), 63: (0, 0, -2), 65: (0, 0, -2),
                       62: (0, 0, -1), 66: (0, 0, -1)},
    # depressor labii inferioris
    "mouthLowerDownLeft": {56: (0.8, -7, 0.6), 55: (1.4, -5, 0), 57: (0.3, -4, 0.4),
                           54: (0.6, -1, 0),
                           58: (0, -1.2, 0), 65: (0.6, -7, 0.2), 66: (0.2, -4.2, 0.2),
                           64: (0.6, -1.2, 0), 67: (0, -1.4, 0), 9: (0, -0.5, 0)},
    # levator labii superioris
    "mouthUpperUpLeft": {52: (0.6, 6, -0.4), 53: (1.2, 4.6, -1), 51: (0.2, 3.4, 0),
                         54: (0.6, 1, -0.3),
                         50: (0, 0.9, 0), 63: (0.5, 6, -0.6), 62: (0.2, 3.4, -0.2),
                         64: (0.6, 1.2, -0.3), 61: (0, 1, 0), 35: (0.8, 1.6, 0.2),
                         34: (0.3, 0.8, 0)},
    # corrugator supercilii and depressor supercilii: down and together
    "browDownLeft": {22: (-2.6, -5.2, 1), 23: (-2.6, -5.6, 0.6), 24: (-1.6, -5, 0.2),
                     25: (-0.8, -3.6, 0), 26: (-0.2, -2, 0), 43: (0, -0.5, 0), 44: (0, -0.4, 0)},
    # frontalis, lateral part
    "browOuterUpLeft": {22: (0, 0.6, 0), 23: (0, 3, 0), 24: (0, 6, 0), 25: (0, 7.5, 0),
                        26: (0.3, 6, 0)},
    # orbicularis oculi, orbital part, lifts the cheek
    "cheekSquintLeft": {46: (0, 1.6, 0.6), 47: (0, 1.4, 0.6), 45: (-0.3, 0.8, 0),
                        54: (0.2, 0.9, 0.2),
                        35: (0.2, 0.6, 0), 12: (0, 0.9, 0), 13: (0, 1, 0)},
    # levator labii superioris alaeque nasi
    "noseSneerLeft": {35: (1.2, 4, 0.2), 34: (0.6, 3, 0.2), 33: (0, 1.2, 0), 30: (0, 0.5, 0),
                      29: (0, 0.8, 0), 52: (0.3, 2.2, 0), 53: (0.5, 1.8, 0), 51: (0, 1.0, 0),
                      22: (-1, -1.6, 0.4), 42: (-0.2, 0.4, 0), 47: (0, 0.4, 0)},
}


def mirrored(d):
    return {MIRROR[i]: (-v[0], v[1], v[2]) for i, v in d.items()}


def displacement(shape):
    if shape in MIDDLE:
        return both_sides(MIDDLE[shape])
    if shape in LEFT:
        return LEFT[shape]
    return mirrored(LEFT[shape.replace("Right", "Left")])


def number(v):
    text = "%.2f" % v
    return ("0" if float(text) == 0.0 else text.rstrip("0").rstrip(".")) + (
        "" if "." in text.rstrip("0").rstrip(".") and float(text) != 0.0 else ".0") + "f"


def points(out, rows):
    line = "       "
    for i in range(68):
        cell = " {%s}," % ", ".join(number(v) for v in rows.get(i, (0, 0, 0)))
        if len(line) + len(cell) > 100:
            out.append(line)
            line = "       "
        line += cell
    out.append(line)


def main():
    argparse.ArgumentParser(description=__doc__,
                            formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    out = ["/* Generated by tools/make_arkit_basis.py; not to be edited. */",
           "/* clang-format off */",
           '#include "formats/arkit_basis.h"', "",
           "const float ora_arkit_neutral[ORATOR_LANDMARKS][3] = {"]
    points(out, NEUTRAL)
    out += ["};", "",
            "const float ora_arkit_basis[ORA_ARKIT_SHAPES][ORATOR_LANDMARKS][3] = {"]
    for shape in SHAPES:
        out.append("    { /* %s */" % shape)
        points(out, displacement(shape))
        out.append("    },")
    out.append("};")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
