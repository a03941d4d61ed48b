"""What a camera is asked for, and where in its buffers the picture lies; tests/hil/camera has the real library."""

import numpy as np

from drivers.camera.lens import controls, grey_plane
from drivers.camera.settings import CameraSettings, as_argument, from_argument

MODULE_3 = {"FrameDurationLimits", "AeExposureMode", "ExposureTime", "AfMode", "AfSpeed", "LensPosition"}


def test_a_short_exposure_and_the_cameras_own_focus():
    assert controls(CameraSettings(), dict.fromkeys(MODULE_3)) == {
        "FrameDurationLimits": (100_000, 100_000),
        "AeExposureMode": 1,
        "ExposureTime": 3000,
        "AfMode": 2,
        "AfSpeed": 1,
    }


def test_a_fixed_focus_and_automatic_exposure():
    settings = CameraSettings(frames_s=30, exposure_us=None, lens_position=5.0)
    assert controls(settings, dict.fromkeys(MODULE_3)) == {
        "FrameDurationLimits": (33_333, 33_333),
        "AeExposureMode": 1,
        "AfMode": 0,
        "LensPosition": 5.0,
    }


def test_a_camera_is_not_asked_for_what_it_does_not_have():
    assert controls(CameraSettings(), {"ExposureTime": None}) == {"ExposureTime": 3000}
    assert controls(CameraSettings(), {}) == {}


def test_the_grey_plane_is_a_view_without_padding_and_colour():
    buffer = np.zeros(6 * 8, np.uint8)
    picture = np.arange(1, 25, dtype=np.uint8).reshape(4, 6)
    buffer[:32].reshape(4, 8)[:, :6] = picture
    plane = grey_plane(buffer, (6, 4), 8)
    assert (plane == picture).all()
    assert np.shares_memory(plane, buffer)


def test_the_cameras_process_is_told_everything():
    settings = CameraSettings(3, 640, 480, 12.5, None, 2.5)
    assert from_argument(as_argument(settings)) == settings
