// Owns the names of the devices that an engine computes on. Loads nothing.

/** The devices that there are; the first is the default. `webgpu` is any GPU with Vulkan, Metal or D3D12. */
export const deviceNames = ['cpu', 'webgpu', 'cuda'] as const;

/** The name of a device. */
export type DeviceName = (typeof deviceNames)[number];
