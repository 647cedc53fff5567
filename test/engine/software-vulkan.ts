// Owns the question whether a GPU, or software that stands for one, can run WebGPU here.
import { existsSync } from 'node:fs';

/** Where Chromium of Debian carries SwiftShader, a Vulkan in software. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const loaders = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1'];

/**
 * Makes sure that Vulkan finds a device: the one that `VK_ICD_FILENAMES` names, else SwiftShader.
 * @returns why there is none, or nothing
 */
export function useSoftwareVulkan(): string | undefined {
  if (process.platform !== 'linux' || process.env['VK_ICD_FILENAMES'] !== undefined) return undefined;
  if (!existsSync(swiftShader)) return 'there is no SwiftShader; install chromium';
  if (!loaders.some((path) => existsSync(path))) return 'there is no Vulkan loader; install libvulkan1';
  process.env['VK_ICD_FILENAMES'] = swiftShader;
  return undefined;
}
